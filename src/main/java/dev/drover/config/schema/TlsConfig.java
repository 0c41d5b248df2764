package dev.drover.config.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** TLS for the ext_proc server. The files are read again when they change. */
public record TlsConfig(
    @Key(doc = "Certificate chain, a PEM file; read again when it changes, as the other two are.")
        String certificate,
    @Key(doc = "Private key, RSA or EC, a PKCS#8 PEM file.") String privateKey,
    @Key(
            doc =
                "CA certificates, a PEM file; when given, Envoy must show a certificate signed by one.")
        @Nullable String clientCa,
    @Key(
            doc =
                "Names that a client's certificate must have one of: DNS names or URIs, such as `spiffe://cluster.local/ns/istio-system/*`. None given: every certificate that `client_ca` has signed.",
            def = "[]",
            pattern = "[!-~]+")
        List<String> clientNames) {}
