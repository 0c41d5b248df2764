package dev.drover.tools.standin;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clusters and routes that a control plane tells, as they are by now. Thread-safe; written on one
 * thread.
 */
final class Discovered implements AdsClient.Listener, AutoCloseable {
  private static final String PREFIX = "type.googleapis.com/";
  private static final String CLUSTERS = PREFIX + "envoy.config.cluster.v3.Cluster";
  private static final String ROUTES = PREFIX + "envoy.config.route.v3.RouteConfiguration";
  private static final String SECRETS = PREFIX + "envoy.extensions.transport_sockets.tls.v3.Secret";

  private final AdsClient client;
  private final BootstrapReader reader;
  private final String routeName;
  private final CountDownLatch complete = new CountDownLatch(1);
  private volatile Map<String, Upstream> clusters = Map.of();
  private volatile @Nullable RouteTable routes;
  private Map<String, Any> toldClusters = Map.of();
  private boolean warm;

  /**
   * Asks for what a bootstrap leaves open.
   *
   * @param routeName the route table that the listener wants
   */
  Discovered(
      ManagedChannel channel, Bootstrap bootstrap, String routeName, BootstrapReader reader) {
    this.reader = reader;
    this.routeName = routeName;
    ApiConfigSource.ApiType type = bootstrap.getDynamicResources().getAdsConfig().getApiType();
    boolean delta = type == ApiConfigSource.ApiType.DELTA_GRPC;
    if (!delta && type != ApiConfigSource.ApiType.GRPC) {
      throw new IllegalArgumentException("ads_config: " + type + " (expected: GRPC or DELTA_GRPC)");
    }
    client = new AdsClient(channel, bootstrap.getNode(), delta, this);
    client.subscribe(CLUSTERS, Set.of());
    client.subscribe(ROUTES, Set.of(routeName));
    client.start();
  }

  /** Waits for the first of all; Envoy does not listen before. */
  void await(Duration limit) {
    try {
      if (!complete.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalArgumentException(
            "ads_config: nothing came within "
                + limit.toSeconds()
                + " s (expected: clusters and routes)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalArgumentException("ads_config: interrupted", e);
    }
  }

  @Nullable Upstream cluster(String name) {
    return clusters.get(name);
  }

  @Nullable RouteTable routes() {
    return routes;
  }

  @Override
  public void update(String type, Map<String, Any> resources) {
    switch (type) {
      case CLUSTERS -> {
        take(resources);
        toldClusters = resources;
      }
      case ROUTES -> {
        Any told = resources.get(routeName);
        if (told != null) {
          RouteConfiguration config = BootstrapReader.unpack(told, RouteConfiguration.class);
          SupportedFields.check(config);
          routes = new RouteTable(config);
        }
      }
      default -> {
        Map<String, ByteString> secrets = new HashMap<>();
        resources.forEach(
            (name, any) ->
                secrets.put(
                    name,
                    BootstrapReader.unpack(any, Secret.class)
                        .getValidationContext()
                        .getTrustedCa()
                        .getInlineBytes()));
        reader.secrets(secrets);
        take(toldClusters);
      }
    }
    if (warm && routes != null) {
      complete.countDown();
    }
  }

  /** A cluster whose secret has not come yet is not there yet. */
  private void take(Map<String, Any> resources) {
    Map<String, Upstream> usable = new LinkedHashMap<>();
    Set<String> missing = new TreeSet<>();
    for (Any any : resources.values()) {
      Cluster cluster = BootstrapReader.unpack(any, Cluster.class);
      SupportedFields.check(cluster);
      Set<String> wanted = reader.missingSecrets(cluster);
      missing.addAll(wanted);
      if (wanted.isEmpty()) {
        usable.put(cluster.getName(), reader.cluster(cluster));
      } else if (clusters.containsKey(cluster.getName())) {
        usable.put(cluster.getName(), clusters.get(cluster.getName()));
      }
    }
    clusters = usable;
    warm = missing.isEmpty();
    if (!missing.isEmpty()) {
      client.subscribe(SECRETS, missing);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
