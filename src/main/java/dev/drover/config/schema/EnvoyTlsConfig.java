package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** The TLS settings of Envoy's connections to Drover. */
public record EnvoyTlsConfig(
    @Key(
            doc = "Name in Drover's certificate; an IP address will not do.",
            pattern = "[A-Za-z][A-Za-z0-9.-]*")
        String serverName,
    @Key(doc = "CA certificates, a PEM file on Envoy's machine, that Drover's is verified with.")
        String ca,
    @Key(doc = "Envoy's own certificate, for `server.tls.client_ca`; goes with private_key.")
        @Nullable String certificate,
    @Key(doc = "Envoy's private key, a PEM file.") @Nullable String privateKey) {}
