package dev.drover.config.schema;

import java.math.BigDecimal;
import java.util.Map;

/** The kinds of task that requests are sorted into. */
public record TasksConfig(
    @Key(
            doc =
                "A client that allows more than this for one request, by `x-drover-max-cost-usd`, wants high quality whatever the task.",
            def = "0.05",
            min = "0",
            max = "1000000")
        BigDecimal highQualityAboveUsd,
    @Key(
            doc =
                "Classes by name, in order of precedence among equals. Built in: legal, medical, complex_reasoning (high); "
                    + "code, analysis, writing (balanced); summarize, classify, extract (low). Keys given here replace built-in ones.",
            def = "{}",
            pattern = Names.NAME)
        Map<String, TaskConfig> classes) {}
