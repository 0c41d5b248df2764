package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/**
 * The limits on requests and tokens a minute and on requests in flight. A limit that is left out
 * does not apply.
 */
public record LimitsConfig(
    @Key(doc = "Requests a minute.", min = "1", max = "100000000")
        @Nullable Integer requestsPerMinute,
    @Key(
            doc = "Requests that may come at once. None given: as many as a minute allows.",
            min = "1",
            max = "100000000")
        @Nullable Integer burst,
    @Key(
            doc =
                "Tokens a minute, prompt and answer: the estimate is reserved, the true count settled.",
            min = "1",
            max = "2000000000")
        @Nullable Integer tokensPerMinute,
    @Key(doc = "Requests on their way at once.", min = "1", max = "1000000")
        @Nullable Integer inFlight) {}
