package dev.drover.config.schema;

import java.time.Duration;
import java.util.List;

/** A target that takes over a model's traffic step by step. */
public record RolloutConfig(
    @Key(doc = "The new target; one of the model's.") String target,
    @Key(
            doc = "Its share of the sessions at each stage, in percent, rising.",
            def = "[5, 15, 30, 50, 100]",
            min = "1",
            max = "100")
        List<Integer> stages,
    @Key(doc = "How long a stage lasts at least.", def = "10m", min = "1s", max = "30d")
        Duration stageDuration,
    @Key(
            doc = "Requests that the new target must have answered in a stage before it ends.",
            def = "100",
            min = "1",
            max = "10000000")
        int minRequests,
    @Key(
            doc = "Gate: P99 of the time to its answers' headers. Set it to what your models need.",
            def = "500ms",
            min = "1ms",
            max = "1h")
        Duration maxP99,
    @Key(doc = "Gate: share of its attempts that fail.", def = "0.01", min = "0", max = "1")
        double maxErrorRate,
    @Key(
            doc = "Gate: share of its last 100 attempts that time out.",
            def = "0.05",
            min = "0",
            max = "1")
        double maxTimeoutRate,
    @Key(
            doc =
                "Whether a stage that has passed its gates is followed by the next one, or waits for `drover rollout promote`.",
            def = "auto",
            oneOf = {"auto", "manual"})
        String promote) {}
