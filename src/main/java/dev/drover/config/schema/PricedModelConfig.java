package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** The price of a model in a price list, with its date and source. */
public record PricedModelConfig(
    @Key(doc = "What its tokens cost.") PriceConfig price,
    @Key(doc = "The day the price was looked up.", pattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}")
        String date,
    @Key(doc = "Where it was looked up.", pattern = ".*\\S.*") String source,
    @Key(doc = "Where else the same prices of prompts and answers were read.", pattern = ".*\\S.*")
        @Nullable String compared) {}
