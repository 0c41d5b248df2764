package dev.drover.mesh;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.drover.json.Yaml;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Applies the patches of EnvoyFilters to a proxy's bootstrap, by the rules that Istio documents: in
 * the order of priority, each patch where its context and match fit, messages merged as protobuf
 * merges them. A patch of a kind that is not known here is an error, and so is one that fits
 * nowhere.
 */
final class EnvoyFilters {
  private static final String MANAGER = "envoy.filters.network.http_connection_manager";

  static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(ExternalProcessor.getDescriptor())
          .add(HeaderMutation.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
                  .HeaderMutation.getDescriptor())
          .add(Router.getDescriptor())
          .add(RBAC.getDescriptor())
          .add(HTTPFault.getDescriptor())
          .add(Cors.getDescriptor())
          .add(UpstreamCodec.getDescriptor())
          .add(DnsCluster.getDescriptor())
          .add(PreviousPrioritiesConfig.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(RawBuffer.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .add(StdoutAccessLog.getDescriptor())
          .build();

  private final Bootstrap.Builder bootstrap;
  private final String context;
  private final int port;
  private int applied;

  private EnvoyFilters(Bootstrap.Builder bootstrap, String context, int port) {
    this.bootstrap = bootstrap;
    this.context = context;
    this.port = port;
  }

  /**
   * Returns the patched bootstrap as JSON.
   *
   * @param context {@code GATEWAY} or {@code SIDECAR_OUTBOUND}
   * @param port the port of the listener
   */
  static String apply(
      Map<String, Object> base, List<Map<String, Object>> filters, String context, int port)
      throws InvalidProtocolBufferException {
    Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
    read(base, bootstrap);
    EnvoyFilters proxy = new EnvoyFilters(bootstrap, context, port);
    List<Map<String, Object>> ordered = new ArrayList<>(filters);
    ordered.sort(
        Comparator.comparingInt(
            filter ->
                Integer.parseInt(
                    String.valueOf(Trees.map(filter, "spec").getOrDefault("priority", 0)))));
    for (Map<String, Object> filter : ordered) {
      for (Object patch : Trees.list(Trees.map(filter, "spec"), "configPatches")) {
        proxy.patch(Trees.map(patch));
      }
    }
    return json(bootstrap);
  }

  static String json(Bootstrap.Builder bootstrap) throws InvalidProtocolBufferException {
    return JsonFormat.printer()
        .usingTypeRegistry(TYPES)
        .preservingProtoFieldNames()
        .print(bootstrap);
  }

  static <B extends Message.Builder> B read(Object tree, B builder)
      throws InvalidProtocolBufferException {
    JsonFormat.parser().usingTypeRegistry(TYPES).merge(Yaml.writeJsonLine(tree), builder);
    return builder;
  }

  private void patch(Map<String, Object> patch) throws InvalidProtocolBufferException {
    Map<String, Object> match = Trees.map(patch, "match");
    if (!Trees.text(match, "context").equals(context)) {
      throw new IllegalArgumentException(patch + ": of another context");
    }
    int before = applied;
    Map<String, Object> change = Trees.map(patch, "patch");
    Object value = Trees.value(change, "value");
    String kind = Trees.text(patch, "applyTo") + " " + Trees.text(change, "operation");
    switch (kind) {
      case "CLUSTER ADD" -> {
        bootstrap.getStaticResourcesBuilder().addClusters(read(value, Cluster.newBuilder()));
        applied++;
      }
      case "NETWORK_FILTER MERGE" -> networkFilter(match, read(value, Filter.newBuilder()).build());
      case "HTTP_FILTER INSERT_BEFORE" ->
          httpFilter(match, read(value, HttpFilter.newBuilder()).build());
      case "HTTP_ROUTE MERGE" -> mergeRoutes(match, read(value, Route.newBuilder()).build());
      case "HTTP_ROUTE INSERT_FIRST" -> routes(match, read(value, Route.newBuilder()).build());
      default -> throw new IllegalArgumentException(kind + ": not known");
    }
    if (applied == before) {
      throw new IllegalArgumentException(patch + ": fits nowhere");
    }
  }

  /** A change of a connection manager. */
  private interface ManagerChange {
    void apply(HttpConnectionManager.Builder manager) throws InvalidProtocolBufferException;
  }

  private void managers(Map<String, Object> match, ManagerChange change)
      throws InvalidProtocolBufferException {
    Map<String, Object> listener = Trees.map(match, "listener");
    Map<String, Object> filter = Trees.map(Trees.map(listener, "filterChain"), "filter");
    Object wanted = listener.getOrDefault("portNumber", port);
    if (!String.valueOf(wanted).equals(Integer.toString(port))
        || !Trees.text(filter, "name").equals(MANAGER)) {
      return;
    }
    for (Listener.Builder each : bootstrap.getStaticResourcesBuilder().getListenersBuilderList()) {
      for (var chain : each.getFilterChainsBuilderList()) {
        for (Filter.Builder found : chain.getFiltersBuilderList()) {
          if (found.getName().equals(MANAGER)) {
            HttpConnectionManager.Builder manager =
                found.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder();
            change.apply(manager);
            found.setTypedConfig(Any.pack(manager.build()));
          }
        }
      }
    }
  }

  private void networkFilter(Map<String, Object> match, Filter value)
      throws InvalidProtocolBufferException {
    managers(
        match,
        manager -> {
          manager.mergeFrom(value.getTypedConfig().unpack(HttpConnectionManager.class));
          applied++;
        });
  }

  private void httpFilter(Map<String, Object> match, HttpFilter value)
      throws InvalidProtocolBufferException {
    Map<String, Object> filter =
        Trees.map(Trees.map(Trees.map(match, "listener"), "filterChain"), "filter");
    String before = Trees.text(Trees.map(filter, "subFilter"), "name");
    managers(
        match,
        manager -> {
          for (int i = 0; i < manager.getHttpFiltersCount(); i++) {
            if (manager.getHttpFilters(i).getName().equals(before)) {
              manager.addHttpFilters(i, value);
              applied++;
              return;
            }
          }
        });
  }

  private void mergeRoutes(Map<String, Object> match, Route value)
      throws InvalidProtocolBufferException {
    Map<String, Object> host = Trees.map(Trees.map(match, "routeConfiguration"), "vhost");
    String name = Trees.text(Trees.map(host, "route"), "name");
    hosts(
        host,
        virtualHost -> {
          int merged = 0;
          for (Route.Builder route : virtualHost.getRoutesBuilderList()) {
            if (route.getName().equals(name)) {
              route.mergeFrom(value);
              merged++;
            }
          }
          return merged;
        });
  }

  private void routes(Map<String, Object> match, Route value)
      throws InvalidProtocolBufferException {
    hosts(
        Trees.map(Trees.map(match, "routeConfiguration"), "vhost"),
        virtualHost -> {
          virtualHost.addRoutes(0, value);
          return 1;
        });
  }

  /** A change of a virtual host that returns how many of its parts it fits. */
  private interface HostChange {
    int apply(VirtualHost.Builder host);
  }

  private void hosts(Map<String, Object> host, HostChange change)
      throws InvalidProtocolBufferException {
    for (Listener.Builder each : bootstrap.getStaticResourcesBuilder().getListenersBuilderList()) {
      for (var chain : each.getFilterChainsBuilderList()) {
        for (Filter.Builder found : chain.getFiltersBuilderList()) {
          HttpConnectionManager.Builder manager =
              found.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder();
          RouteConfiguration.Builder routes = manager.getRouteConfigBuilder();
          for (VirtualHost.Builder virtualHost : routes.getVirtualHostsBuilderList()) {
            if (virtualHost.getName().equals(Trees.text(host, "name"))) {
              applied += change.apply(virtualHost);
            }
          }
          found.setTypedConfig(Any.pack(manager.build()));
        }
      }
    }
  }
}
