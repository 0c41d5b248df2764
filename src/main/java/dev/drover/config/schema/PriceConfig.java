package dev.drover.config.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prices per million tokens. */
public record PriceConfig(
    @Key(
            doc = "Currency of these prices: USD or a key of `currencies`.",
            def = "USD",
            pattern = "[A-Z]{3}")
        String currency,
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
        @Nullable BigDecimal reasoning,
    @Key(doc = "Other prices for long prompts, each for prompts above its size.", def = "[]")
        List<PriceTierConfig> tiers,
    @Key(
            doc =
                "Other prices for requests that the provider says it served as `flex`, `priority` or `batch`.",
            def = "{}",
            pattern = "flex|priority|batch")
        Map<String, ServiceTierConfig> serviceTiers) {}
