package dev.drover.config.schema;

/** A target that gets copies of a model's requests; its answers are compared and dropped. */
public record ShadowConfig(
    @Key(doc = "The target.") String target,
    @Key(doc = "Share of the requests that are copied.", def = "0.1", min = "0.0001", max = "1")
        double share) {}
