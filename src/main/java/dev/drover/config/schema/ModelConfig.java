package dev.drover.config.schema;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model that clients ask for. */
public record ModelConfig(
    @Key(doc = "Its targets, in order of preference.") List<String> targets,
    @Key(
            doc = "How the first target is chosen among those fit for the request.",
            def = "priority",
            oneOf = {
              "priority",
              "weighted",
              "cost-optimal",
              "latency-optimal",
              "balanced",
              "least-busy"
            })
        String strategy,
    @Key(doc = "Targets tried at most for one request.", def = "3", min = "1", max = "5")
        int maxAttempts,
    @Key(
            doc =
                "Other names for this model. One that ends with `*` stands for all names with that beginning, the longest beginning first; `default` stands for every name nobody knows.",
            def = "[]",
            pattern = Names.ALIAS)
        List<String> aliases,
    @Key(
            doc = "Share of each target, for strategy `weighted`. Default: 1 each.",
            def = "{}",
            min = "0",
            max = "1000")
        Map<String, Integer> weights,
    @Key(
            doc =
                "How long all attempts together may take; streams are bounded by idle_timeout instead.",
            def = "60s",
            min = "1s",
            max = "1h")
        Duration timeout,
    @Key(
            doc =
                "Whether a conversation stays at the target whose prompt cache knows it, as long as that costs no more than moving it.",
            def = "true")
        boolean affinity,
    @Key(
            doc =
                "Hedging: an attempt that has not answered after this time is joined by one at the next target, and the first "
                    + "answer wins. Both are paid for. It takes the place of the targets' timeouts: what stays silent altogether is ended by "
                    + "the model's timeout, a stream by `envoy.idle_timeout`.",
            min = "100ms",
            max = "10m")
        @Nullable Duration hedgeAfter,
    @Key(doc = "What all callers together may ask of it.") @Nullable LimitsConfig limits,
    @Key(doc = "What may be spent on it.", def = "[]") List<BudgetConfig> budgets,
    @Key(
            doc =
                "Keep answers and give them again to requests of the same meaning: of embeddings, of requests with temperature 0, "
                    + "and of those that ask for it by `x-drover-cache: on`. Without it nothing is kept.")
        @Nullable CacheConfig cache,
    @Key(doc = "How requests get to targets that speak another API than the client.", def = "{}")
        TranslationConfig translation,
    @Key(doc = "A target that takes the model over step by step.") @Nullable RolloutConfig rollout,
    @Key(doc = "A target that gets copies of requests, to be compared; never billed to callers.")
        @Nullable ShadowConfig shadow) {}
