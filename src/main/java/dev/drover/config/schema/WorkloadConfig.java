package dev.drover.config.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workload that Envoy vouches for: it needs no key. */
public record WorkloadConfig(
    @Key(doc = "Its name, for records, metrics and messages.", pattern = Names.NAME) String id,
    @Key(
            doc = "Its SPIFFE id; a `*` at the end stands for any ending.",
            pattern = "spiffe://[^*\\s]+\\*?")
        String spiffeId,
    @Key(doc = "The team it belongs to.") @Nullable String team,
    @Key(doc = "What it is used for, for records.", pattern = Names.NAME) @Nullable String project,
    @Key(doc = "The only models it may ask for; none given: all.") @Nullable List<String> models,
    @Key(doc = "What it may ask for.") @Nullable LimitsConfig limits,
    @Key(doc = "What it may spend.", def = "[]") List<BudgetConfig> budgets) {}
