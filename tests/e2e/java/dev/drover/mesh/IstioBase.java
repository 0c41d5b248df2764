package dev.drover.mesh;

import dev.drover.json.Yaml;
import dev.drover.types.HostPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds what Istio itself gives a proxy: a listener with the usual filters and no limits on
 * buffers, the routes of a VirtualService, another host, and the cluster without endpoints.
 *
 * @param gateway whether the proxy is a gateway; else it is a sidecar on its way out
 * @param listen where the proxy listens
 * @param host the host that clients call, without its port
 * @param port the port that the host has in the mesh
 * @param other where the other host's workload listens
 */
record IstioBase(boolean gateway, HostPort listen, String host, int port, HostPort other) {
  static final String OTHER_HOST = "other.example.com";

  /** The header by which the policy of the gateway refuses a request. */
  static final String REFUSED_HEADER = "x-refused";

  private static final String BOOTSTRAP =
      """
      admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
      static_resources:
        listeners:
        - name: LISTENER
          traffic_direction: OUTBOUND
          address: { socket_address: { address: 127.0.0.1, port_value: LISTEN } }
          filter_chains:
          - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: outbound_LISTENER
                use_remote_address: true
                normalize_path: true
                route_config: { name: ROUTES, virtual_hosts: [] }
                http_filters:
                - name: envoy.filters.http.rbac
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                    rules:
                      action: DENY
                      policies:
                        refused:
                          permissions: [ { header: { name: REFUSED, present_match: true } } ]
                          principals: [ { any: true } ]
                - name: envoy.filters.http.fault
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault }
                - name: envoy.filters.http.cors
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors }
                - name: envoy.filters.http.router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
        clusters:
        - { name: BlackHoleCluster, type: STATIC, connect_timeout: 10s }
        - name: outbound|80||OTHER_HOST
          connect_timeout: 10s
          load_assignment:
            cluster_name: other
            endpoints:
            - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: OTHER_PORT } } } } ]
      """;

  /** Returns the proxy's bootstrap, with the routes of a VirtualService. */
  Map<String, Object> bootstrap(Map<String, Object> virtualService) {
    String yaml =
        BOOTSTRAP
            .replace("LISTENER", gateway ? "0.0.0.0_8080" : "0.0.0.0_" + port)
            .replace("ROUTES", gateway ? "http.8080" : Integer.toString(port))
            .replace("LISTEN", Integer.toString(listen.port()))
            .replace("REFUSED", REFUSED_HEADER)
            .replace("OTHER_HOST", OTHER_HOST)
            .replace("OTHER_PORT", Integer.toString(other.port()));
    Map<String, Object> tree = Yaml.readMap(yaml);
    Trees.list(Trees.map(manager(tree), "route_config"), "virtual_hosts")
        .addAll(List.of(host(virtualService), otherHost()));
    return tree;
  }

  private static Map<String, Object> manager(Map<String, Object> tree) {
    Object listener = Trees.list(Trees.map(tree, "static_resources"), "listeners").getFirst();
    Object chain = Trees.list(listener, "filter_chains").getFirst();
    return Trees.map(Trees.list(chain, "filters").getFirst(), "typed_config");
  }

  private Map<String, Object> host(Map<String, Object> virtualService) {
    List<Object> routes = new ArrayList<>();
    Map<String, Object> http =
        Trees.map(Trees.list(Trees.map(virtualService, "spec"), "http").getFirst());
    for (Object match : Trees.list(http, "match")) {
      routes.add(route(http, Trees.map(match, "uri")));
    }
    routes.add(toOther("other-path", "/other"));
    return virtualHost(host, routes);
  }

  private static Map<String, Object> route(Map<String, Object> http, Map<String, Object> uri) {
    Map<String, Object> reply = Trees.map(http, "directResponse");
    Object exact = uri.get("exact");
    Map<String, Object> match =
        exact == null
            ? Map.of("safe_regex", Map.of("regex", Trees.text(uri, "regex")))
            : Map.of("path", exact);
    return new LinkedHashMap<>(
        Map.of(
            "name",
            Trees.text(http, "name"),
            "match",
            match,
            "direct_response",
            Map.of(
                "status",
                Trees.value(reply, "status"),
                "body",
                Map.of("inline_string", Trees.text(Trees.map(reply, "body"), "string")))));
  }

  private Map<String, Object> otherHost() {
    return virtualHost(OTHER_HOST, List.of(toOther("default", "/")));
  }

  private static Map<String, Object> toOther(String name, String prefix) {
    return Map.of(
        "name",
        name,
        "match",
        Map.of("prefix", prefix),
        "route",
        Map.of("cluster", "outbound|80||" + OTHER_HOST, "timeout", "0s"));
  }

  private Map<String, Object> virtualHost(String name, List<Object> routes) {
    return Map.of(
        "name", name + ":" + port, "domains", List.of(name, name + ":*"), "routes", routes);
  }
}
