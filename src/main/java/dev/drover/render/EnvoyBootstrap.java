package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.config.GatewayConfig;
import dev.drover.config.Yaml;
import dev.drover.types.HostPort;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A complete bootstrap for Envoy 1.37 or newer: listener, filters, plan clusters, Drover's cluster.
 */
public final class EnvoyBootstrap {
  private final GatewayConfig config;
  private final ExtProcYaml extProc;
  private final Clusters clusters;

  private EnvoyBootstrap(GatewayConfig config) {
    this.config = config;
    this.extProc = new ExtProcYaml(config);
    this.clusters = new Clusters(config, extProc);
  }

  /** The bootstrap as YAML. */
  public static String yaml(GatewayConfig config) {
    return Yaml.write(new EnvoyBootstrap(config).tree());
  }

  private Map<String, Object> tree() {
    List<Object> all = new ArrayList<>(clusters.all());
    all.add(extProc.cluster());
    HostPort admin = HostPort.parse(config.envoy().admin());
    return map(
        "node",
        map("id", "drover-envoy", "cluster", "drover"),
        "admin",
        map("address", Tree.address(admin.host(), admin.port())),
        "static_resources",
        map("listeners", List.of(listener()), "clusters", all));
  }

  private Map<String, Object> listener() {
    HostPort at = HostPort.parse(config.envoy().listen());
    Map<String, Object> manager =
        Tree.extension("envoy.filters.network.http_connection_manager", connectionManager());
    return map(
        "name",
        "drover",
        "address",
        Tree.address(at.host(), at.port()),
        "per_connection_buffer_limit_bytes",
        Headroom.bufferBytes(config),
        "filter_chains",
        List.of(map("filters", List.of(manager))));
  }

  private Map<String, Object> connectionManager() {
    return typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix",
        "drover",
        "use_remote_address",
        true,
        "stream_idle_timeout",
        Tree.seconds(Headroom.idleTimeout(config)),
        "early_header_mutation_extensions",
        List.of(forgedHeaders()),
        "access_log",
        List.of(AccessLogYaml.stdout()),
        "local_reply_config",
        localReplies(),
        "route_config",
        new RouteYaml(config, clusters.passThrough()).routeConfig(),
        "http_filters",
        List.of(
            extProc.routerLevel(),
            Tree.extension(
                "envoy.filters.http.router",
                typed(
                    "envoy.extensions.filters.http.router.v3.Router",
                    "suppress_envoy_headers",
                    true))));
  }

  /** Takes away what only Drover may say, before a route is chosen by it. */
  static Map<String, Object> forgedHeaders() {
    return Tree.extension(
        "envoy.http.early_header_mutation.header_mutation",
        typed(
            "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations",
            List.of(
                map("remove", Wire.PLAN_HEADER),
                map("remove", Wire.SHADOW_HEADER),
                map("remove", Wire.EXCHANGE_HEADER))));
  }

  /** Puts Envoy's own errors into the clients' error shape; Drover's refusals are in it already. */
  private static Map<String, Object> localReplies() {
    Map<String, Object> errors =
        map(
            "status_code_filter",
            map(
                "comparison",
                map(
                    "op",
                    "GE",
                    "value",
                    map("default_value", 400, "runtime_key", "drover.local_reply_from"))));
    Map<String, Object> notDrovers =
        map(
            "metadata_filter",
            map(
                "matcher",
                map(
                    "filter",
                    Wire.NAMESPACE,
                    "path",
                    List.of(map("key", Wire.REFUSED_KEY)),
                    "value",
                    map("bool_match", false)),
                "match_if_key_not_found",
                true));
    return map(
        "mappers",
        List.of(
            map(
                "filter",
                map("and_filter", map("filters", List.of(errors, notDrovers))),
                "body_format_override",
                map(
                    "json_format",
                    map(
                        "error",
                        map(
                            "message",
                            "%LOCAL_REPLY_BODY%",
                            "type",
                            "proxy_error",
                            "code",
                            "proxy_%RESPONSE_CODE%"))))));
  }
}
