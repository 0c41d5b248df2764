package dev.drover.render;

import static dev.drover.render.Tree.map;

import java.util.List;
import java.util.Map;

/**
 * Describes the place in an Envoy Gateway where requests are caught.
 *
 * @param name the prefix of the names of all resources
 * @param namespace the namespace of the gateway
 * @param gateway the name of the gateway
 * @param listener the name of its listener
 * @param https whether that listener has TLS
 * @param host the host that clients call
 * @param service Drover's Service
 * @param serviceNamespace the namespace of the Service
 * @param servicePort the port of the Service
 */
public record EnvoyGatewayPlace(
    String name,
    String namespace,
    String gateway,
    String listener,
    boolean https,
    String host,
    String service,
    String serviceNamespace,
    int servicePort) {
  static final String GATEWAY_API = "gateway.networking.k8s.io";
  static final String ENVOY_GATEWAY = "gateway.envoyproxy.io";
  private static final String LABEL = "drover.dev/routes";

  /** Returns a Kubernetes resource in the gateway's namespace. */
  Map<String, Object> resource(
      String api, String kind, String resourceName, Map<String, Object> spec) {
    Map<String, Object> metadata = map("name", resourceName, "namespace", namespace);
    if (kind.equals("HTTPRoute")) {
      metadata.put("labels", map(LABEL, name));
    }
    return map("apiVersion", api, "kind", kind, "metadata", metadata, "spec", spec);
  }

  /** A route of the host, with these rules. */
  Map<String, Object> route(String resourceName, List<?> rules) {
    return resource(
        GATEWAY_API + "/v1",
        "HTTPRoute",
        resourceName,
        map(
            "parentRefs",
            List.of(map("name", gateway, "sectionName", listener)),
            "hostnames",
            List.of(host),
            "rules",
            rules));
  }

  /** Returns the reference by which a policy targets all rendered routes. */
  Map<String, Object> ourRoutes() {
    return map("group", GATEWAY_API, "kind", "HTTPRoute", "matchLabels", map(LABEL, name));
  }

  Map<String, Object> ourGateway() {
    return map("group", GATEWAY_API, "kind", "Gateway", "name", gateway);
  }

  /** Returns the address at which Envoy reaches Drover. */
  String address() {
    return service + "." + serviceNamespace + ".svc.cluster.local:" + servicePort;
  }

  /** As Envoy Gateway names the listener and its routes for Envoy. */
  String xdsName() {
    return namespace + "/" + gateway + "/" + listener;
  }
}
