package dev.drover.mesh;

import dev.drover.json.Yaml;
import dev.drover.types.HostPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds what Envoy Gateway makes of a Gateway with a SecurityPolicy, of the rendered HTTPRoutes,
 * HTTPRouteFilters, Backends and ClientTrafficPolicy, and of another host. The shape is that of
 * Envoy Gateway 1.9: the policy's filter is disabled in the listener and turned on by each route.
 *
 * @param listen where the proxy listens
 * @param host the host that clients call
 * @param name the name of the listener and of its routes
 * @param other where the other host's workload listens
 * @param resources the rendered resources
 */
record EnvoyGatewayBase(
    HostPort listen,
    String host,
    String name,
    HostPort other,
    List<Map<String, Object>> resources) {
  private static final String BOOTSTRAP =
      """
      admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
      static_resources:
        listeners:
        - name: NAME
          address: { socket_address: { address: 127.0.0.1, port_value: LISTEN } }
          per_connection_buffer_limit_bytes: BUFFER
          default_filter_chain:
            name: NAME
            filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: http-8080
                use_remote_address: true
                normalize_path: true
                route_config: { name: NAME, virtual_hosts: [] }
                http_filters:
                - name: envoy.filters.http.rbac
                  disabled: true
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC }
                - name: envoy.filters.http.router
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                    suppress_envoy_headers: true
        clusters:
        - name: other
          connect_timeout: 10s
          load_assignment:
            cluster_name: other
            endpoints:
            - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: OTHER_PORT } } } } ]
      """;

  private static final String POLICY =
      """
      { "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute,
        rbac: { rules: { action: DENY, policies: { refused: {
          permissions: [ { header: { name: REFUSED, present_match: true } } ], principals: [ { any: true } ] } } } } }
      """;

  /** Returns the proxy's bootstrap before any patch. */
  Map<String, Object> bootstrap() {
    String buffer =
        Trees.text(
            Trees.map(Trees.map(only("ClientTrafficPolicy"), "spec"), "connection"), "bufferLimit");
    Map<String, Object> tree =
        Yaml.readMap(
            BOOTSTRAP
                .replace("NAME", name)
                .replace("LISTEN", Integer.toString(listen.port()))
                .replace("BUFFER", buffer)
                .replace("OTHER_PORT", Integer.toString(other.port())));
    Map<String, Object> resourcesOfEnvoy = Trees.map(tree, "static_resources");
    List<Object> routes = new ArrayList<>();
    for (Map<String, Object> route : all("HTTPRoute")) {
      List<Object> rules = Trees.list(Trees.map(route, "spec"), "rules");
      for (int rule = 0; rule < rules.size(); rule++) {
        String cluster = "httproute/%s/%s/rule/%d".formatted(namespace(route), nameOf(route), rule);
        Map<String, Object> each = Trees.map(rules.get(rule));
        routes.addAll(routes(each, cluster));
        if (each.containsKey("backendRefs")) {
          Trees.list(resourcesOfEnvoy, "clusters").add(cluster(each, cluster));
        }
      }
    }
    routes.add(route("httproute/edge/other/rule/0", Map.of("prefix", "/other"), toOther()));
    List<Object> elsewhere = new ArrayList<>();
    elsewhere.add(route("httproute/edge/other/rule/1", Map.of("prefix", "/"), toOther()));
    Object chain =
        Trees.value(Trees.list(resourcesOfEnvoy, "listeners").getFirst(), "default_filter_chain");
    Object manager = Trees.value(Trees.list(chain, "filters").getFirst(), "typed_config");
    Trees.list(Trees.map(manager, "route_config"), "virtual_hosts")
        .addAll(List.of(virtualHost(host, routes), virtualHost(IstioBase.OTHER_HOST, elsewhere)));
    return tree;
  }

  private Map<String, Object> virtualHost(String domain, List<Object> routes) {
    return new LinkedHashMap<>(
        Map.of(
            "name",
            name + "/" + domain.replace('.', '_'),
            "domains",
            new ArrayList<>(List.of(domain)),
            "routes",
            routes));
  }

  private List<Object> routes(Map<String, Object> rule, String name) {
    List<Object> routes = new ArrayList<>();
    List<Object> matches = Trees.list(rule, "matches");
    for (int i = 0; i < matches.size(); i++) {
      Map<String, Object> path = Trees.map(Trees.map(matches.get(i)), "path");
      String value = Trees.text(path, "value");
      Map<String, Object> match =
          Trees.text(path, "type").equals("Exact")
              ? Map.of("path", value)
              : Map.of("safe_regex", Map.of("regex", value));
      routes.add(
          route(
              "%s/match/%d/%s".formatted(name, i, host.replace('.', '_')),
              match,
              action(rule, name)));
    }
    return routes;
  }

  private Map<String, Object> route(
      String route, Map<String, Object> match, Map<String, Object> action) {
    Map<String, Object> all = new LinkedHashMap<>(Map.of("name", route, "match", match));
    all.putAll(action);
    all.put(
        "typed_per_filter_config",
        new LinkedHashMap<>(
            Map.of(
                "envoy.filters.http.rbac",
                Yaml.readMap(POLICY.replace("REFUSED", IstioBase.REFUSED_HEADER)))));
    return all;
  }

  private static Map<String, Object> toOther() {
    return Map.of("route", Map.of("cluster", "other"));
  }

  private Map<String, Object> action(Map<String, Object> rule, String cluster) {
    Map<String, Object> more = new HashMap<>();
    Map<String, Object> action = new HashMap<>(Map.of("cluster", cluster, "timeout", "0s"));
    for (Object filter : Trees.list(rule, "filters")) {
      switch (Trees.text(filter, "type")) {
        case "ExtensionRef" -> {
          Map<String, Object> spec =
              Trees.map(
                  named("HTTPRouteFilter", Trees.text(Trees.map(filter, "extensionRef"), "name")),
                  "spec");
          if (spec.containsKey("directResponse")) {
            return directResponse(Trees.map(spec, "directResponse"));
          }
        }
        case "URLRewrite" -> {
          Map<String, Object> rewrite = Trees.map(filter, "urlRewrite");
          if (rewrite.containsKey("hostname")) {
            action.put("host_rewrite_literal", rewrite.get("hostname"));
          }
          if (rewrite.containsKey("path")) {
            action.put(
                "regex_rewrite",
                Map.of(
                    "pattern",
                    Map.of("regex", "^/.*$"),
                    "substitution",
                    Trees.text(Trees.map(rewrite, "path"), "replaceFullPath")));
          }
        }
        case "RequestHeaderModifier" ->
            more.put(
                "request_headers_to_remove",
                Trees.list(Trees.map(filter, "requestHeaderModifier"), "remove"));
        default -> throw new IllegalArgumentException(filter + ": not known");
      }
    }
    more.put("route", action);
    return more;
  }

  private static Map<String, Object> directResponse(Map<String, Object> reply) {
    return Map.of(
        "direct_response",
        Map.of(
            "status",
            Trees.value(reply, "statusCode"),
            "body",
            Map.of("inline_string", Trees.text(Trees.map(reply, "body"), "inline"))),
        "response_headers_to_add",
        List.of(
            Map.of(
                "append_action",
                "OVERWRITE_IF_EXISTS_OR_ADD",
                "header",
                Map.of("key", "Content-Type", "value", Trees.text(reply, "contentType")))));
  }

  private Map<String, Object> cluster(Map<String, Object> rule, String cluster) {
    String backend = Trees.text(Trees.list(rule, "backendRefs").getFirst(), "name");
    Map<String, Object> endpoint =
        Trees.map(
            Trees.list(Trees.map(named("Backend", backend), "spec"), "endpoints").getFirst(),
            "fqdn");
    return Map.of(
        "name",
        cluster,
        "type",
        "STRICT_DNS",
        "dns_lookup_family",
        "V4_ONLY",
        "connect_timeout",
        "5s",
        "load_assignment",
        Map.of(
            "cluster_name",
            cluster,
            "endpoints",
            List.of(
                Map.of(
                    "lb_endpoints",
                    List.of(
                        Map.of(
                            "endpoint",
                            Map.of(
                                "address",
                                Map.of(
                                    "socket_address",
                                    Map.of(
                                        "address",
                                        Trees.value(endpoint, "hostname"),
                                        "port_value",
                                        Trees.value(endpoint, "port"))))))))));
  }

  private List<Map<String, Object>> all(String kind) {
    return resources.stream().filter(each -> Trees.text(each, "kind").equals(kind)).toList();
  }

  private Map<String, Object> only(String kind) {
    return all(kind).getFirst();
  }

  private Map<String, Object> named(String kind, String wanted) {
    return all(kind).stream().filter(each -> nameOf(each).equals(wanted)).findFirst().orElseThrow();
  }

  private static String nameOf(Map<String, Object> resource) {
    return Trees.text(Trees.map(resource, "metadata"), "name");
  }

  private static String namespace(Map<String, Object> resource) {
    return Trees.text(Trees.map(resource, "metadata"), "namespace");
  }
}
