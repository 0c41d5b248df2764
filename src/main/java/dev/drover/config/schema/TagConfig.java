package dev.drover.config.schema;

import java.util.List;

/** A tag that policies give to exchanges. */
public record TagConfig(
    @Key(doc = "What may be spent on exchanges with it.", def = "[]") List<BudgetConfig> budgets) {}
