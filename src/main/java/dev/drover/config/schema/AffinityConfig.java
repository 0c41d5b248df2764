package dev.drover.config.schema;

import java.time.Duration;

/** The settings that keep a conversation at the target whose prompt cache holds its prefix. */
public record AffinityConfig(
    @Key(
            doc = "How long after its last answer a conversation's prefix counts as cached.",
            def = "5m",
            min = "1s",
            max = "24h")
        Duration ttl,
    @Key(doc = "Conversations remembered at most.", def = "100000", min = "1", max = "10000000")
        int maxSessions,
    @Key(
            doc = "Prompts below so many tokens are not cached by providers.",
            def = "1024",
            min = "0",
            max = "1000000")
        int minTokens) {}
