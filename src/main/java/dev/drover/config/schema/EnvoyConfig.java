package dev.drover.config.schema;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of the Envoy beside Drover that {@code drover render} needs. */
public record EnvoyConfig(
    @Key(
            doc =
                "Address of Envoy's listener for clients. Without it: `0.0.0.0:8080`, or `127.0.0.1:8080` where the config does not say who may call.",
            pattern = ".+:[0-9]{1,5}")
        @Nullable String listen,
    @Key(
            doc = "Address of Envoy's own admin page.",
            def = "127.0.0.1:9901",
            pattern = ".+:[0-9]{1,5}")
        String admin,
    @Key(
            doc =
                "Where Envoy reaches Drover, when that is not `server.listen`: `host:port` of each Drover, or one "
                    + "name that resolves to all of them; or one `unix:/path`.",
            def = "[]",
            pattern = "unix:/.+|.+:[0-9]{1,5}")
        List<String> extProc,
    @Key(doc = "TLS from Envoy to Drover; goes with `server.tls`.")
        @Nullable EnvoyTlsConfig extProcTls,
    @Key(
            doc =
                "`two`: router-level and upstream-level ext_proc, with fallback to other targets (Envoy 1.37 or "
                    + "newer). `one`: router-level only, no fallback between targets.",
            def = "two",
            oneOf = {"two", "one"})
        String filters,
    @Key(
            doc = "How long Envoy waits for one answer of Drover.",
            def = "10s",
            min = "100ms",
            max = "5m")
        Duration messageTimeout,
    @Key(doc = "Largest request body; more gets 413.", def = "16MiB", min = "16KiB", max = "512MiB")
        ByteSize maxBody,
    @Key(
            doc =
                "How long a client may take to send a request. 0s: as long as it likes, within `idle_timeout`.",
            def = "5m",
            min = "0s",
            max = "1h")
        Duration requestTimeout,
    @Key(
            doc =
                "Memory that Envoy may take. At 95 % of it requests get 503, so that Envoy is not killed.",
            def = "2GiB",
            min = "64MiB",
            max = "256GiB")
        ByteSize maxHeap,
    @Key(doc = "Connections of clients at once.", def = "10000", min = "1", max = "10000000")
        int maxConnections,
    @Key(doc = "Longest silence within an answer.", def = "5m", min = "1s", max = "1h")
        Duration idleTimeout,
    @Key(
            doc = "CA certificates, a PEM file, that Envoy verifies providers with.",
            def = "/etc/ssl/certs/ca-certificates.crt")
        String trustedCa,
    @Key(
            doc =
                "Target that gets LLM requests, unchanged, when Drover cannot be reached. Without it they get 503.")
        @Nullable String passThrough,
    @Key(
            doc =
                "Whether that target also gets the credentials and cookies of clients. They may be keys of this gateway.",
            def = "false")
        boolean passThroughCredentials) {
  /**
   * Returns whether Envoy has an upstream-level filter, so that a request can fall back to other
   * targets.
   */
  public boolean fallbacks() {
    return filters.equals("two");
  }
}
