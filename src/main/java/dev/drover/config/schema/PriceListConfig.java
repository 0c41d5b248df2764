package dev.drover.config.schema;

import java.util.Map;

/** A file of prices. */
public record PriceListConfig(
    @Key(doc = "The version of this file's shape.", min = "1", max = "1") int version,
    @Key(doc = "What each model costs, by the name that targets have for it.", pattern = "[!-~]+")
        Map<String, PricedModelConfig> models) {}
