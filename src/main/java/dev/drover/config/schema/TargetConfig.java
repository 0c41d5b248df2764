package dev.drover.config.schema;

import dev.drover.types.Capability;
import dev.drover.types.Quality;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A target: a model at a provider. */
public record TargetConfig(
    @Key(doc = "The provider, by name.") String provider,
    @Key(doc = "The provider's name for the model.", pattern = "[!-~]+") String model,
    @Key(doc = "What its tokens cost. Left out: as the price list has it.")
        @Nullable PriceConfig price,
    @Key(
            doc =
                "The model whose price in the list holds, where that is another than `model`, such as `gpt-5.4@flex`.",
            pattern = "[!-~]+")
        @Nullable String pricedAs,
    @Key(
            doc = "Tokens that prompt and answer may have together. 0: not checked.",
            def = "0",
            min = "0",
            max = "100000000")
        int contextWindow,
    @Key(
            doc =
                "Tokens that an answer may have at most where the client gives no bound. Budgets reserve them.",
            def = "8192",
            min = "1",
            max = "100000000")
        int defaultOutputBound,
    @Key(
            doc =
                "How long one attempt may take until the answer's headers. Envoy knows one time for all attempts of a request: the longest of the model's targets.",
            def = "30s",
            min = "100ms",
            max = "1h")
        Duration timeout,
    @Key(
            doc = "What it can do beyond plain text.",
            def = "[streaming, tools, json_schema, vision, audio, logprobs]")
        List<Capability> supports,
    @Key(doc = "Whether it understands `stream_options.include_usage`.", def = "true")
        boolean streamUsage,
    @Key(
            doc =
                "Requests it can serve at once, relative to the other targets; for strategy `least-busy`.",
            def = "100",
            min = "1",
            max = "1000000")
        int capacity,
    @Key(
            doc =
                "How good its answers are, for task classes that ask for a quality. None: good enough for all.")
        @Nullable Quality quality,
    @Key(
            doc =
                "How its health is judged where that differs from `health`; keys left out are taken from there.")
        @Nullable HealthConfig health,
    @Key(
            doc =
                "The quota that its provider grants: Drover goes to another target before the provider says 429.")
        @Nullable LimitsConfig limits,
    @Key(doc = "False takes it out of every choice.", def = "true") boolean enabled) {}
