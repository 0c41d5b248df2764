package dev.drover.config;

import org.jspecify.annotations.Nullable;

/** TLS for the ext_proc server. */
public record TlsConfig(
    @Key(doc = "Certificate chain, a PEM file.") String certificate,
    @Key(doc = "Private key, a PKCS#8 PEM file.") String privateKey,
    @Key(
            doc =
                "CA certificates, a PEM file; when given, Envoy must show a certificate signed by one.")
        @Nullable String clientCa) {}
