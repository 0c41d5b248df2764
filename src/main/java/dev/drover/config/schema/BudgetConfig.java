package dev.drover.config.schema;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The amount that may be spent within a period. Exactly one of the two limits must be given. */
public record BudgetConfig(
    @Key(doc = "US dollars.", min = "0", max = "1000000000") @Nullable BigDecimal limitUsd,
    @Key(doc = "Tokens, prompt and answer.", min = "0", max = "2000000000")
        @Nullable Integer limitTokens,
    @Key(
            doc =
                "The time it is for; weeks begin on Monday. The rolling ones are any 24 hours, 7 days or 30 days, to the hour, to 6 hours, to the day.",
            def = "day",
            oneOf = {
              "day",
              "week",
              "month",
              "year",
              "rolling_day",
              "rolling_week",
              "rolling_month"
            })
        String per,
    @Key(
            doc = "The time zone in which its days begin, such as `Asia/Ho_Chi_Minh`.",
            def = "UTC",
            pattern = "[A-Za-z0-9_/+-]+")
        String timeZone,
    @Key(
            doc = "Share of it from which on answers carry `x-drover-budget`.",
            def = "0.8",
            min = "0",
            max = "1")
        double softAt,
    @Key(
            doc =
                "Targets that may still answer when the limit is reached; what they cost counts on. None given: nobody answers, requests get a 429.",
            def = "[]")
        List<String> degradeTo,
    @Key(
            doc =
                "The amount that a request reserves while it is under way. `bound`: the most that it may cost, so that the budget is exceeded by one request at most. `expected`: what it is expected to cost, so that more requests run at once near the limit and may exceed it.",
            def = "bound",
            oneOf = {"bound", "expected"})
        String reserve,
    @Key(doc = "More for a while.", def = "[]") List<BudgetIncreaseConfig> increases) {}
