package dev.drover.migrate;

import dev.drover.config.schema.BudgetConfig;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The budget of a whole proxy. Here it is that of a tag which a policy gives every request, so that
 * all models draw on one. Confined to one file.
 */
final class LiteLlmBudget {
  private static final String NAME = "all-models";
  private static final Bounds BOUNDS = Bounds.of(BudgetConfig.class, "limit_usd");

  /** The digits after the point that a limit is rounded to. */
  private static final int DIGITS = 9;

  private final LiteLlmSettings settings;
  private final Values values;
  private final Notes notes;

  LiteLlmBudget(LiteLlmSettings settings, Values values, Notes notes) {
    this.settings = settings;
    this.values = values;
    this.notes = notes;
  }

  /** Puts the budget into a config, if there is one. */
  void put(Map<String, Object> config) {
    LiteLlmSettings.@Nullable Setting most = settings.general("max_budget");
    BigDecimal limit = most == null ? null : values.positive(most.path(), most.value());
    if (most == null || limit == null) {
      return;
    }
    BudgetPeriod period = period();
    BigDecimal scaled = limit.multiply(period.factor()).setScale(DIGITS, RoundingMode.HALF_UP);
    BigDecimal used = Trees.plain(scaled.min(BOUNDS.largest()));
    if (used.compareTo(limit) != 0) {
      notes.instead(
          most.path(),
          most.value(),
          "%s USD a %s".formatted(used.toPlainString(), period.per()),
          "at most %s a day, week, month or year".formatted(BOUNDS.most()));
    }
    Map<String, Object> budget = new LinkedHashMap<>();
    budget.put("limit_usd", used);
    budget.put("per", period.per());
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("name", NAME);
    policy.put("tags", Map.of("budget", NAME));
    config.put("policies", List.of(policy));
    config.put("tags", Map.of("budget=" + NAME, Map.of("budgets", List.of(budget))));
  }

  private BudgetPeriod period() {
    LiteLlmSettings.@Nullable Setting duration = settings.general("budget_duration");
    Object given = duration == null ? null : values.resolved(duration.value());
    BudgetPeriod period = BudgetPeriod.parse(Trees.text(given));
    if (period == null) {
      notes.instead(
          "litellm_settings.budget_duration",
          duration == null ? null : duration.value(),
          "a month",
          "a time such as 1h, 30d or 1mo");
      return BudgetPeriod.MONTH;
    }
    if (period.factor().compareTo(BigDecimal.ONE) != 0) {
      notes.instead(
          "litellm_settings.budget_duration",
          given,
          "a %s, with as much in proportion".formatted(period.per()),
          "a day, week, month or year");
    }
    return period;
  }
}
