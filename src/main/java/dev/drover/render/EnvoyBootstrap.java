package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.types.HostPort;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A bootstrap for Envoy 1.37 or newer: listener, filters, Drover's cluster; routes and plan
 * clusters too, or where Envoy is told them.
 */
public final class EnvoyBootstrap {
  private static final String ROUTES = "drover";

  private final GatewayConfig config;
  private final ExtProcYaml extProc;

  private EnvoyBootstrap(GatewayConfig config) {
    this.config = config;
    this.extProc = new ExtProcYaml(config);
  }

  /** A complete bootstrap, as YAML. */
  public static String yaml(GatewayConfig config) {
    EnvoyBootstrap bootstrap = new EnvoyBootstrap(config);
    Clusters clusters = new Clusters(config, bootstrap.extProc);
    List<Object> all = new ArrayList<>(clusters.all());
    all.add(bootstrap.extProc.cluster());
    Object routes = new RouteYaml(config, clusters).routeConfig();
    return Yaml.write(bootstrap.tree(map("route_config", routes), all));
  }

  /** A bootstrap for an Envoy that Drover tells its routes and clusters, as YAML. */
  public static String xdsYaml(GatewayConfig config) {
    EnvoyBootstrap bootstrap = new EnvoyBootstrap(config);
    Map<String, Object> routes =
        map("rds", map("config_source", Tree.ads(), "route_config_name", ROUTES));
    Map<String, Object> tree = bootstrap.tree(routes, List.of(bootstrap.extProc.cluster()));
    tree.put("dynamic_resources", bootstrap.dynamic());
    return Yaml.write(tree);
  }

  private Map<String, Object> dynamic() {
    return map(
        "ads_config",
        map(
            "api_type",
            "GRPC",
            "transport_api_version",
            "V3",
            "set_node_on_first_message_only",
            true,
            "grpc_services",
            List.of(map("envoy_grpc", extProc.grpc()))),
        "cds_config",
        Tree.ads());
  }

  private Map<String, Object> tree(Map<String, Object> routes, List<?> clusters) {
    HostPort admin = HostPort.parse(config.envoy().admin());
    return map(
        "node",
        map("id", "drover-envoy", "cluster", "drover"),
        "admin",
        map("address", Tree.address(admin.host(), admin.port())),
        "static_resources",
        map("listeners", List.of(listener(routes)), "clusters", clusters),
        "overload_manager",
        EdgeYaml.overload(config));
  }

  private Map<String, Object> listener(Map<String, Object> routes) {
    HostPort at = HostPort.parse(config.envoyListen());
    Map<String, Object> manager =
        Tree.extension("envoy.filters.network.http_connection_manager", connectionManager(routes));
    return map(
        "name",
        "drover",
        "address",
        Tree.address(at.host(), at.port()),
        "per_connection_buffer_limit_bytes",
        RaisedLimits.bufferBytes(config),
        "filter_chains",
        List.of(map("filters", List.of(manager))));
  }

  private Map<String, Object> connectionManager(Map<String, Object> routes) {
    Map<String, Object> manager =
        typed(
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix",
            "drover",
            "use_remote_address",
            true,
            "upgrade_configs", // answered by Drover, which refuses it at once
            List.of(map("upgrade_type", "websocket")),
            "stream_idle_timeout",
            Tree.seconds(RaisedLimits.idleTimeout(config)),
            "early_header_mutation_extensions",
            List.of(forgedHeaders()),
            "access_log",
            List.of(AccessLogYaml.stdout()),
            "local_reply_config",
            LocalReplies.everywhere());
    manager.put(
        "http_protocol_options", map("accept_http_10", true, "default_host_for_http_10", ROUTES));
    EdgeYaml.bound(manager, config);
    manager.putAll(routes);
    // Routes turn the filter on: what Envoy refuses before it has a route is not held up by it
    Map<String, Object> filter = extProc.routerLevel();
    filter.put("disabled", true);
    manager.put(
        "http_filters",
        List.of(
            filter,
            Tree.extension(
                "envoy.filters.http.router",
                typed(
                    "envoy.extensions.filters.http.router.v3.Router",
                    "suppress_envoy_headers",
                    true))));
    return manager;
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
}
