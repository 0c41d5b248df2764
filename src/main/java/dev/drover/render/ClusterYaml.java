package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.catalog.PlanCluster;
import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clusters that requests are sent to. */
final class ClusterYaml {
  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  /** No route's timeout holds for copies of streams. */
  private static final String LONGEST_COPY = "600s";

  private static final String SOCKET_MATCH = "envoy.transport_socket_match";

  /** Each address of a name is used, as it was in the last answer of DNS. */
  private static final Map<String, Object> DNS =
      typed(
          "envoy.extensions.clusters.dns.v3.DnsCluster",
          "dns_lookup_family",
          "V4_PREFERRED",
          "dns_refresh_rate",
          "30s",
          "respect_dns_ttl",
          true);

  private final GatewayConfig config;
  private final ExtProcYaml extProc;
  private final Map<String, Object> tls;

  /**
   * @param trusted whom providers' certificates must be of
   */
  ClusterYaml(GatewayConfig config, ExtProcYaml extProc, Map<String, Object> trusted) {
    this.config = config;
    this.extProc = extProc;
    this.tls = TlsYaml.perHost(trusted);
  }

  /** A plan cluster: each target at its own priority. */
  Map<String, Object> plan(PlanCluster plan) {
    Map<String, Object> options = httpOptions();
    options.put(
        "http_filters",
        config.envoy().fallbacks() ? filters(extProc.upstreamLevel()) : filters(null));
    return cluster(plan.name(), plan.targets(), "", options);
  }

  /** The cluster of a target that gets copies of requests. */
  Map<String, Object> shadow(Target target) {
    Map<String, Object> options =
        httpOptions(map("idle_timeout", "50s", "max_stream_duration", LONGEST_COPY));
    options.put("http_filters", filters(extProc.shadowLevel()));
    return cluster(target.shadowCluster(), List.of(target), Wire.SHADOW_MARK, options);
  }

  /** Returns the filters of a cluster: Drover's, if any, and then those that clean and send. */
  private static List<Object> filters(@Nullable Map<String, Object> drover) {
    List<Object> filters = new ArrayList<>();
    if (drover != null) {
      filters.add(drover);
    }
    filters.add(ExtProcYaml.providerHeaders(drover != null));
    filters.add(
        Tree.extension(
            "envoy.filters.http.upstream_codec",
            typed("envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec")));
    return filters;
  }

  /** The cluster of the pass-through target, which Drover takes no part in. */
  Map<String, Object> passThrough(String name, Target target) {
    Map<String, Object> options = httpOptions();
    options.put("http_filters", filters(null));
    return cluster(name, List.of(target), "", options);
  }

  /** HTTP/1.1; connections are given up before providers and middleboxes do so silently. */
  private static Map<String, Object> httpOptions() {
    return httpOptions(map("idle_timeout", "50s"));
  }

  private static Map<String, Object> httpOptions(Map<String, Object> common) {
    return typed(
        HTTP_OPTIONS,
        "explicit_http_config",
        map("http_protocol_options", map()),
        "common_http_protocol_options",
        common);
  }

  private Map<String, Object> cluster(
      String name, List<Target> targets, String mark, Map<String, Object> options) {
    boolean anyTls = targets.stream().anyMatch(target -> target.provider().tls());
    boolean allTls = targets.stream().allMatch(target -> target.provider().tls());
    Map<String, Object> cluster =
        map(
            "name",
            name,
            "alt_stat_name",
            name.replaceAll("@[0-9a-f]{8}", "").replaceAll("[^A-Za-z0-9_-]", "_"),
            "cluster_type",
            Tree.extension("envoy.cluster.dns", DNS),
            "upstream_connection_options",
            map(
                "tcp_keepalive",
                map("keepalive_time", 60, "keepalive_interval", 15, "keepalive_probes", 4)),
            "connect_timeout",
            "5s",
            "per_connection_buffer_limit_bytes",
            RaisedLimits.bufferBytes(config),
            "circuit_breakers",
            RaisedLimits.circuitBreakers(),
            "typed_extension_protocol_options",
            map(HTTP_OPTIONS, options));
    if (allTls) {
      cluster.put("transport_socket", tls);
    } else if (anyTls) {
      cluster.put("transport_socket_matches", socketMatches());
    }
    cluster.put(
        "load_assignment",
        map("cluster_name", name, "endpoints", endpoints(targets, mark, anyTls && !allTls)));
    return cluster;
  }

  private List<Object> socketMatches() {
    Map<String, Object> raw =
        Tree.extension(
            "envoy.transport_sockets.raw_buffer",
            typed("envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"));
    return List.of(
        map("name", "tls", "match", map("tls", true), "transport_socket", tls),
        map("name", "plain", "match", map(), "transport_socket", raw));
  }

  private static List<Object> endpoints(List<Target> targets, String mark, boolean mixed) {
    List<Object> endpoints = new ArrayList<>();
    for (int priority = 0; priority < targets.size(); priority++) {
      endpoints.add(endpoint(targets.get(priority), mark, priority, mixed));
    }
    return endpoints;
  }

  private static Map<String, Object> endpoint(
      Target target, String mark, int priority, boolean mixed) {
    Provider provider = target.provider();
    Map<String, Object> metadata = map(Wire.NAMESPACE, map(Wire.TARGET_KEY, mark + target.id()));
    if (mixed && provider.tls()) {
      metadata.put(SOCKET_MATCH, map("tls", true));
    }
    return map(
        "priority",
        priority,
        "lb_endpoints",
        List.of(
            map(
                "endpoint",
                map(
                    "address",
                    Tree.address(provider.host(), provider.port()),
                    "hostname",
                    provider.host()),
                "metadata",
                map("filter_metadata", metadata))));
  }
}
