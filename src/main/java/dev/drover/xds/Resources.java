package dev.drover.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.XdsConfig;
import dev.drover.render.EnvoyResources;
import dev.drover.types.FileContent;
import io.envoyproxy.controlplane.cache.Resources.V3;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The resources that Envoys get over xDS. Immutable. */
record Resources(Map<String, Cluster> clusters, RouteConfiguration routes, List<Secret> secrets) {
  private static final int VERSION_BYTES = 8;

  /**
   * Returns the resources that Envoys need for a config.
   *
   * @throws UncheckedIOException when the CA certificates cannot be read
   */
  static Resources of(GatewayConfig config) {
    EnvoyResources rendered = EnvoyResources.of(config);
    Map<String, Cluster> clusters = new TreeMap<>();
    for (String json : rendered.clusters()) {
      Cluster cluster = (Cluster) read(json, Cluster.newBuilder());
      clusters.put(cluster.getName(), cluster);
    }
    RouteConfiguration routes =
        (RouteConfiguration) read(rendered.routes(), RouteConfiguration.newBuilder());
    return new Resources(clusters, routes, secrets(config.server().xds()));
  }

  /**
   * Returns the clusters of both, the routes of the others, and these secrets or else those of the
   * others.
   */
  Resources beside(Resources others) {
    Map<String, Cluster> both = new TreeMap<>(others.clusters);
    both.putAll(clusters);
    return new Resources(both, others.routes, secrets.isEmpty() ? others.secrets : secrets);
  }

  Resources routed(RouteConfiguration other) {
    return new Resources(clusters, other, secrets);
  }

  Snapshot snapshot() {
    return Snapshot.create(
        clusters.values(),
        version(clusters.values()),
        List.of(),
        "",
        List.of(),
        "",
        List.of(routes),
        version(List.of(routes)),
        secrets,
        version(secrets));
  }

  /** The version of each type: the same resources have the same one, whoever serves them. */
  Map<String, String> versions() {
    return Map.of(
        V3.CLUSTER_TYPE_URL,
        version(clusters.values()),
        V3.ROUTE_TYPE_URL,
        version(List.of(routes)),
        V3.SECRET_TYPE_URL,
        version(secrets));
  }

  private static String version(Collection<? extends Message> resources) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      resources.forEach(resource -> digest.update(resource.toByteArray()));
      return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Secret> secrets(@Nullable XdsConfig xds) {
    List<Secret> secrets = new ArrayList<>();
    if (xds != null && xds.trustedCa() != null) {
      try {
        ByteString pem =
            ByteString.copyFrom(
                FileContent.read(Path.of(xds.trustedCa()), FileContent.MOST_OF_LIST));
        secrets.add(
            Secret.newBuilder()
                .setName(EnvoyResources.TRUSTED_CA)
                .setValidationContext(
                    CertificateValidationContext.newBuilder()
                        .setTrustedCa(DataSource.newBuilder().setInlineBytes(pem)))
                .build());
      } catch (IOException e) {
        throw new UncheckedIOException("server.xds.trusted_ca: " + xds.trustedCa(), e);
      }
    }
    return secrets;
  }

  private static Message read(String json, Message.Builder builder) {
    try {
      return EnvoyTypes.parse(json, builder);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("rendered: " + e.getMessage(), e);
    }
  }
}
