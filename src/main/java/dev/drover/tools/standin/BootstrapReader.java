package dev.drover.tools.standin;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import dev.drover.json.Yaml;
import dev.drover.types.HostPort;
import dev.drover.xds.EnvoyTypes;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bootstrap through Envoy's own protos, as strictly as Envoy does, and refuses what the
 * stand-in does not implement.
 */
final class BootstrapReader {
  private static final String SOCKET_MATCH = "envoy.transport_socket_match";

  private static final String SECRET = "secret:";

  private final Map<String, SslContext> contexts = new LinkedHashMap<>();
  private Map<String, ByteString> secrets = Map.of();

  /** A bootstrap with its parts unpacked. */
  record Read(
      Bootstrap bootstrap, HttpConnectionManager manager, @Nullable ExtProcSettings routerLevel) {}

  /**
   * Parses YAML.
   *
   * @throws IllegalArgumentException when it is no bootstrap that Envoy and the stand-in both take
   */
  Read read(String yaml) {
    Bootstrap.Builder builder = Bootstrap.newBuilder();
    try {
      EnvoyTypes.parse(Yaml.toJson(yaml), builder);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("bootstrap: " + e.getMessage(), e);
    }
    Bootstrap bootstrap = builder.build();
    SupportedFields.check(bootstrap);
    Any config =
        bootstrap
            .getStaticResources()
            .getListeners(0)
            .getFilterChains(0)
            .getFilters(0)
            .getTypedConfig();
    HttpConnectionManager manager = unpack(config, HttpConnectionManager.class);
    ExtProcSettings routerLevel = null;
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (filter.getTypedConfig().is(ExternalProcessor.class)) {
        routerLevel =
            ExtProcSettings.of(unpack(filter.getTypedConfig(), ExternalProcessor.class), false);
        requireTurnedOn(filter, manager);
      }
    }
    return new Read(bootstrap, manager, routerLevel);
  }

  /** The stand-in asks the filter for every request, so each virtual host must turn it on. */
  private static void requireTurnedOn(HttpFilter filter, HttpConnectionManager manager) {
    boolean on =
        manager.getRouteConfig().getVirtualHostsList().stream()
            .allMatch(host -> host.containsTypedPerFilterConfig(filter.getName()));
    if (filter.getDisabled() && !on) {
      throw new IllegalArgumentException(
          "http_filters: %s: disabled (expected: typed_per_filter_config of each virtual host)"
              .formatted(filter.getName()));
    }
  }

  Upstream cluster(Cluster cluster) {
    List<List<Upstream.Host>> priorities = new ArrayList<>();
    for (LocalityLbEndpoints locality : cluster.getLoadAssignment().getEndpointsList()) {
      while (priorities.size() <= locality.getPriority()) {
        priorities.add(new ArrayList<>());
      }
      for (LbEndpoint endpoint : locality.getLbEndpointsList()) {
        priorities.get(locality.getPriority()).add(host(cluster, endpoint));
      }
    }
    ExtProcSettings extProc = null;
    List<HeaderMutation> mutations = new ArrayList<>();
    for (HttpFilter filter : upstreamFilters(cluster)) {
      if (filter.getTypedConfig().is(ExternalProcessor.class)) {
        extProc =
            ExtProcSettings.of(unpack(filter.getTypedConfig(), ExternalProcessor.class), true);
      } else if (filter.getTypedConfig().is(HeaderMutation.class)) {
        mutations.add(unpack(filter.getTypedConfig(), HeaderMutation.class));
      }
    }
    long buffer =
        cluster.hasPerConnectionBufferLimitBytes()
            ? cluster.getPerConnectionBufferLimitBytes().getValue()
            : 1 << 20;
    Duration longest =
        Protos.duration(options(cluster).getCommonHttpProtocolOptions().getMaxStreamDuration());
    return new Upstream(cluster.getName(), priorities, extProc, mutations, longest, buffer);
  }

  static List<String> earlyRemovals(HttpConnectionManager manager) {
    List<String> names = new ArrayList<>();
    for (var extension : manager.getEarlyHeaderMutationExtensionsList()) {
      var mutation =
          unpack(
              extension.getTypedConfig(),
              io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
                  .HeaderMutation.class);
      mutation.getMutationsList().forEach(change -> names.add(change.getRemove()));
    }
    return names;
  }

  private static HttpProtocolOptions options(Cluster cluster) {
    Any any =
        cluster
            .getTypedExtensionProtocolOptionsMap()
            .get("envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
    return any == null
        ? HttpProtocolOptions.getDefaultInstance()
        : unpack(any, HttpProtocolOptions.class);
  }

  private static List<HttpFilter> upstreamFilters(Cluster cluster) {
    List<HttpFilter> filters = options(cluster).getHttpFiltersList();
    if (!filters.isEmpty() && !filters.getLast().getTypedConfig().is(UpstreamCodec.class)) {
      throw new IllegalArgumentException(
          cluster.getName() + ": http_filters (expected: upstream_codec last)");
    }
    return filters;
  }

  private Upstream.Host host(Cluster cluster, LbEndpoint endpoint) {
    HostPort at = at(endpoint.getEndpoint().getAddress());
    String hostname = endpoint.getEndpoint().getHostname();
    UpstreamTlsContext tls = tls(cluster, endpoint);
    return new Upstream.Host(
        at,
        hostname.isEmpty() ? at.toString() : hostname,
        tls == null || tls.getSni().isEmpty() ? null : tls.getSni(),
        tls == null ? null : context(tls),
        endpoint.getMetadata().getFilterMetadataMap());
  }

  static HostPort at(Address address) {
    return new HostPort(
        address.getSocketAddress().getAddress(), address.getSocketAddress().getPortValue());
  }

  private static @Nullable UpstreamTlsContext tls(Cluster cluster, LbEndpoint endpoint) {
    Struct wanted =
        endpoint
            .getMetadata()
            .getFilterMetadataOrDefault(SOCKET_MATCH, Struct.getDefaultInstance());
    for (var match : cluster.getTransportSocketMatchesList()) {
      boolean fits =
          wanted.getFieldsMap().entrySet().containsAll(match.getMatch().getFieldsMap().entrySet());
      if (fits) {
        return tls(match.getTransportSocket());
      }
    }
    return cluster.hasTransportSocket() ? tls(cluster.getTransportSocket()) : null;
  }

  private static @Nullable UpstreamTlsContext tls(TransportSocket socket) {
    return socket.getTypedConfig().is(UpstreamTlsContext.class)
        ? unpack(socket.getTypedConfig(), UpstreamTlsContext.class)
        : null;
  }

  /** The CA certificates that a control plane has told, as they are from now on. */
  void secrets(Map<String, ByteString> told) {
    secrets = Map.copyOf(told);
    contexts.keySet().removeIf(key -> key.startsWith(SECRET));
  }

  /** The secrets that a cluster waits for. */
  Set<String> missingSecrets(Cluster cluster) {
    Set<String> missing = new TreeSet<>();
    List<TransportSocket> sockets = new ArrayList<>(List.of(cluster.getTransportSocket()));
    cluster
        .getTransportSocketMatchesList()
        .forEach(match -> sockets.add(match.getTransportSocket()));
    for (TransportSocket socket : sockets) {
      UpstreamTlsContext tls = tls(socket);
      String name = tls == null ? "" : secretName(tls);
      if (!name.isEmpty() && !secrets.containsKey(name)) {
        missing.add(name);
      }
    }
    return missing;
  }

  private static String secretName(UpstreamTlsContext tls) {
    return tls.getCommonTlsContext().getValidationContextSdsSecretConfig().getName();
  }

  private SslContext context(UpstreamTlsContext tls) {
    String name = secretName(tls);
    if (!name.isEmpty()) {
      ByteString pem = secrets.getOrDefault(name, ByteString.EMPTY);
      return contexts.computeIfAbsent(
          SECRET + name, _ -> trusting(name, builder -> builder.trustManager(pem.newInput())));
    }
    String ca = tls.getCommonTlsContext().getValidationContext().getTrustedCa().getFilename();
    return contexts.computeIfAbsent(
        ca, _ -> trusting(ca, builder -> builder.trustManager(new File(ca))));
  }

  private static SslContext trusting(String ca, UnaryOperator<SslContextBuilder> trusted) {
    try {
      return trusted
          .apply(SslContextBuilder.forClient())
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException("trusted_ca: " + ca + ": cannot be read", e);
    }
  }

  static <T extends Message> T unpack(Any any, Class<T> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "typed_config: " + any.getTypeUrl() + " (expected: " + type.getSimpleName() + ")", e);
    }
  }
}
