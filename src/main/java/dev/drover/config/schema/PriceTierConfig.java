package dev.drover.config.schema;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Prices for prompts above a size; they hold for all tokens of such a request. */
public record PriceTierConfig(
    @Key(
            doc = "The tier holds when the prompt has more tokens than this.",
            min = "1",
            max = "100000000")
        int aboveInputTokens,
    @Key(doc = "Prompt tokens.", min = "0", max = "1000000") BigDecimal input,
    @Key(doc = "Generated tokens.", min = "0", max = "1000000") BigDecimal output,
    @Key(
            doc = "Prompt tokens read from the provider's cache. Default: as input.",
            min = "0",
            max = "1000000")
        @Nullable BigDecimal cachedInput,
    @Key(
            doc = "Prompt tokens written to a 5-minute cache. Default: as input.",
            min = "0",
            max = "1000000")
        @Nullable BigDecimal cacheWrite,
    @Key(
            doc = "Prompt tokens written to a 1-hour cache. Default: as cache_write.",
            min = "0",
            max = "1000000")
        @Nullable BigDecimal cacheWrite1h,
    @Key(doc = "Reasoning tokens. Default: as output.", min = "0", max = "1000000")
        @Nullable BigDecimal reasoning) {}
