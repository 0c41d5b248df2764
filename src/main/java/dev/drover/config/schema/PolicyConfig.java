package dev.drover.config.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A rule: the first one whose condition holds decides; the others are not asked. */
public record PolicyConfig(
    @Key(doc = "Its name, for refusals and explanations.", pattern = Names.NAME) String name,
    @Key(
            doc =
                "A CEL expression that is true or false. Variables: `model`, `task` (as the client names it, else as found), `operation`, `stream`, `estimated_tokens`, "
                    + "`caller`, `caller_kind` (anonymous, key, workload, token or header), `team`, `project`, `spiffe_id`, `k8s_namespace`, `k8s_service_account`, `headers` (a map, lower-case names), `now` (a timestamp: "
                    + "`now.getHours(\"Asia/Ho_Chi_Minh\")`). Without it the rule always holds.",
            pattern = ".*\\S.*")
        @Nullable String when,
    @Key(doc = "The only models that may be asked for; none given: all.")
        @Nullable List<String> allowModels,
    @Key(doc = "Models that may not be asked for.", def = "[]") List<String> denyModels,
    @Key(doc = "The only targets that may answer; none given: all.")
        @Nullable List<String> allowTargets,
    @Key(doc = "Targets that may not answer.", def = "[]") List<String> denyTargets,
    @Key(
            doc = "In place of the model's strategy, whatever the client wishes.",
            oneOf = {
              "priority",
              "weighted",
              "cost-optimal",
              "latency-optimal",
              "balanced",
              "least-busy"
            })
        @Nullable String strategy,
    @Key(
            doc = "Targets that are expected to cost more than this for the request are left out.",
            min = "0",
            max = "1000000")
        @Nullable BigDecimal maxCostUsd,
    @Key(doc = "Targets tried at most, if that is less than the model's.", min = "1", max = "5")
        @Nullable Integer maxAttempts,
    @Key(
            doc = "What becomes of `x-drover-strategy` and `x-drover-prefer`.",
            def = "allow",
            oneOf = {"allow", "ignore", "refuse"})
        String wishes,
    @Key(doc = "Whether `x-drover-explain` is answered.", def = "false") boolean explain,
    @Key(doc = "Whether answers may come from a model's cache and be kept there.", def = "true")
        boolean cache,
    @Key(
            doc =
                "Whether prompts and answers go into traces, redacted by `traces.redact`; those of a kept answer do not.",
            def = "false")
        boolean traceContent,
    @Key(
            doc =
                "Words for the record of each exchange that the rule decides, such as a cost centre.",
            def = "{}",
            pattern = Names.NAME)
        Map<String, String> tags) {}
