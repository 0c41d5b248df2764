package dev.drover.config.schema;

import java.time.Duration;

/** Keeping answers for requests of the same meaning. */
public record CacheConfig(
    @Key(doc = "How long an answer is given again.", def = "3600s", min = "1s", max = "720h")
        Duration ttl,
    @Key(
            doc =
                "Whether all callers share answers. If not, only callers of one team do, and a caller without a team has its own.",
            def = "false")
        boolean shared,
    @Key(doc = "Answers larger than this are not kept.", def = "1MiB", min = "1KiB", max = "64MiB")
        ByteSize maxAnswer) {}
