package dev.drover.config.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A team that callers belong to, or a project that they work for. */
public record TeamConfig(
    @Key(doc = "What all its callers together may ask for.") @Nullable LimitsConfig limits,
    @Key(doc = "What all its callers together may spend.", def = "[]")
        List<BudgetConfig> budgets) {}
