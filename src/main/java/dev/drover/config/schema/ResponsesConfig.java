package dev.drover.config.schema;

import java.time.Duration;

/** The settings of stored responses, which later requests may refer to by their ids. */
public record ResponsesConfig(
    @Key(
            doc =
                "Ids of stored responses and of their items remembered at most, with the target that stores them and whose they are.",
            def = "100000",
            min = "1",
            max = "10000000")
        int remember,
    @Key(
            doc = "How long an id is remembered. OpenAI stores responses for 30 days.",
            def = "30d",
            min = "1s",
            max = "400d")
        Duration rememberFor) {}
