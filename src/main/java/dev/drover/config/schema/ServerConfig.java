package dev.drover.config.schema;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of Drover's own servers: addresses, TLS, state, memory and shutdown. */
public record ServerConfig(
    @Key(
            doc =
                "Address of the ext_proc gRPC server: `host:port`, or `unix:/path` for a Unix socket. "
                    + "Port 0 picks a free one.",
            def = "127.0.0.1:9002",
            pattern = "unix:/.+|.+:[0-9]{1,5}")
        String listen,
    @Key(
            doc = "Address of the admin HTTP server (health, metrics, config, targets).",
            def = "127.0.0.1:9003",
            pattern = ".+:[0-9]{1,5}")
        String admin,
    @Key(
            doc =
                "Address for signs of life (`/health/live`, `/health/ready`, `/health/startup`) beside `admin`, which nothing else keeps busy. Plain text, without a token.",
            pattern = ".+:[0-9]{1,5}")
        @Nullable String health,
    @Key(
            doc =
                "TLS for the admin server; its files are read again when they change. Plain text when absent.")
        @Nullable TlsConfig adminTls,
    @Key(
            doc =
                "The token that changes over the admin port are made with. Without it nothing can be changed there. "
                    + "Beyond this machine it is needed for reading too, but for /health.")
        @Nullable CredentialConfig adminToken,
    @Key(doc = "Allow no changes over the admin port, whatever the token.", def = "false")
        boolean adminReadOnly,
    @Key(
            doc =
                "Directory for what survives a restart: switched-off targets, the state of rollouts, what is spent, records "
                    + "that wait for the ledger. It is one Drover's alone: a second is refused. A relative path is taken from the "
                    + "directory that Drover is started in, as everywhere in the config.",
            def = "drover-state")
        String stateDir,
    @Key(doc = "TLS for the ext_proc server. Plain text when absent.") @Nullable TlsConfig tls,
    @Key(
            doc =
                "Serve Envoy's clusters and routes over xDS (ADS), at `listen` too; `{}` will do. For Envoys that "
                    + "`drover render envoy --xds` made the bootstrap of. Without it they have all in their bootstrap.")
        @Nullable XdsConfig xds,
    @Key(
            doc =
                "Allow a listen address beyond this machine without client certificates. Whoever reaches the port can obtain provider keys.",
            def = "false")
        boolean trustedNetwork,
    @Key(
            doc = "Largest message taken from Envoy. Must exceed Envoy's buffer limit.",
            def = "64MiB",
            min = "64KiB",
            max = "1GiB")
        ByteSize maxMessage,
    @Key(
            doc =
                "Memory for kept answers, at most half of the heap; the least useful ones make room.",
            def = "64MiB",
            min = "1MiB",
            max = "64GiB")
        ByteSize cacheMemory,
    @Key(
            doc = "After SIGTERM: how long exchanges in flight may take to finish.",
            def = "30s",
            min = "0s",
            max = "1h")
        Duration drain,
    @Key(
            doc = "Print one JSON line per exchange, without content, to standard output.",
            def = "false")
        boolean accessLog) {}
