package dev.drover.render;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in a mesh requests are caught.
 *
 * @param name what the names of all resources begin with
 * @param namespace of the proxies that it is for
 * @param gateway the Istio {@code Gateway} that the host is served at, as {@code NAME} or {@code
 *     NAMESPACE/NAME}; null: at the sidecars of those who call
 * @param selector labels of the proxies
 * @param host what clients call, in lower case
 * @param port at which
 * @param service Drover's own host and port as the mesh knows it; null: where the config says, as
 *     for a sidecar's Unix socket
 */
public record IstioPlace(
    String name,
    String namespace,
    @Nullable String gateway,
    Map<String, String> selector,
    String host,
    int port,
    @Nullable String service) {
  /** Whether it is a gateway, and not the callers' sidecars. */
  boolean atGateway() {
    return gateway != null;
  }

  String context() {
    return atGateway() ? "GATEWAY" : "SIDECAR_OUTBOUND";
  }

  /** One of Istio's resources. */
  Map<String, Object> resource(
      String version, String kind, String resourceName, Map<String, Object> spec) {
    return Tree.map(
        "apiVersion",
        "networking.istio.io/" + version,
        "kind",
        kind,
        "metadata",
        Tree.map("name", resourceName, "namespace", namespace),
        "spec",
        spec);
  }
}
