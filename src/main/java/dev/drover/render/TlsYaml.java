package dev.drover.render;

import static dev.drover.render.Tree.extension;
import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.config.schema.EnvoyTlsConfig;
import java.util.List;
import java.util.Map;

/** TLS towards providers and towards Drover: always with server name and verification. */
final class TlsYaml {
  private static final String NAME = "envoy.transport_sockets.tls";
  private static final String MESSAGE =
      "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

  private TlsYaml() {}

  /**
   * For a cluster whose endpoints each have a host name of their own.
   *
   * @param trusted {@link #file} or {@link #served}
   */
  static Map<String, Object> perHost(Map<String, Object> trusted) {
    return extension(
        NAME,
        typed(
            MESSAGE,
            "auto_host_sni",
            true,
            "auto_sni_san_validation",
            true,
            "common_tls_context",
            trusted));
  }

  /** For Drover's own cluster. */
  static Map<String, Object> toDrover(EnvoyTlsConfig tls) {
    Map<String, Object> common = file(tls.ca());
    if (tls.certificate() != null && tls.privateKey() != null) {
      common.put(
          "tls_certificates",
          List.of(
              map(
                  "certificate_chain",
                  map("filename", tls.certificate()),
                  "private_key",
                  map("filename", tls.privateKey()))));
    }
    return extension(
        NAME,
        typed(
            MESSAGE,
            "sni",
            tls.serverName(),
            "auto_sni_san_validation",
            true,
            "common_tls_context",
            common));
  }

  /** CA certificates in a file of Envoy's machine. */
  static Map<String, Object> file(String trustedCa) {
    return map("validation_context", map("trusted_ca", map("filename", trustedCa)));
  }

  /** CA certificates that Drover serves. */
  static Map<String, Object> served() {
    return map(
        "validation_context_sds_secret_config",
        map("name", EnvoyResources.TRUSTED_CA, "sds_config", Tree.ads()));
  }
}
