package dev.drover.config.schema;

import java.math.BigDecimal;

/** More budget until a time. */
public record BudgetIncreaseConfig(
    @Key(doc = "How much more, in the unit of the limit.", min = "0", max = "1000000000")
        BigDecimal amount,
    @Key(
            doc = "Until when, such as 2027-01-31T00:00:00Z.",
            pattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")
        String until) {}
