package dev.drover.render;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes the place in a mesh where requests are caught.
 *
 * @param name the prefix of the names of all resources
 * @param namespace the namespace of the proxies
 * @param gateway the Istio {@code Gateway} that the host is served at, as {@code NAME} or {@code
 *     NAMESPACE/NAME}; null: at the callers' sidecars
 * @param selector the labels of the proxies
 * @param host the host that clients call, in lower case
 * @param port the port that clients call
 * @param service Drover's own host and port as the mesh knows it; null: where the config says, as
 *     for a sidecar's Unix socket
 * @param serviceEntries whether the providers are made known to the mesh for traffic other than
 *     Drover's, which needs no entry
 * @param listenerLimit whether the limit on bodies is raised for the whole listener, which Envoy
 *     1.36 needs
 */
public record IstioPlace(
    String name,
    String namespace,
    @Nullable String gateway,
    Map<String, String> selector,
    String host,
    int port,
    @Nullable String service,
    boolean serviceEntries,
    boolean listenerLimit) {
  /** Returns whether requests are caught at a gateway rather than at the callers' sidecars. */
  boolean atGateway() {
    return gateway != null;
  }

  String context() {
    return atGateway() ? "GATEWAY" : "SIDECAR_OUTBOUND";
  }

  /** Returns a resource of Istio's networking API. */
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
