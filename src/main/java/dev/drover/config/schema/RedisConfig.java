package dev.drover.config.schema;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Redis in which several Drovers share limits, budgets, back-offs of targets and cached
 * responses.
 */
public record RedisConfig(
    @Key(
            doc =
                "A Redis or Valkey of version 5 or later, not a cluster: `redis://host:port/database`, or `rediss://` for TLS.",
            pattern = "rediss?://[^/]+(/[0-9]+)?")
        String url,
    @Key(doc = "The Redis user.") @Nullable String user,
    @Key(doc = "The user's password; read again at each connection.")
        @Nullable CredentialConfig password,
    @Key(
            doc =
                "What the names of all keys begin with; Drovers with the same one count together.",
            def = "drover",
            pattern = "[A-Za-z0-9._-]{1,32}")
        String prefix,
    @Key(
            doc =
                "The longest that a request waits. A Redis that takes longer is left alone until it is quicker; meanwhile each Drover counts by itself.",
            def = "20ms",
            min = "1ms",
            max = "5s")
        Duration timeout) {}
