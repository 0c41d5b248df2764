package dev.drover.admin;

import dev.drover.admission.AdmissionController;
import dev.drover.admission.Budget;
import dev.drover.types.NanoDollars;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Builds the page {@code /budgets}: the limit of each budget, and the amounts spent, reserved and
 * left.
 */
final class BudgetsPage {
  private BudgetsPage() {}

  static Map<String, Object> of(AdmissionController controller) {
    Instant now = controller.wall().instant();
    Map<String, Object> page = new LinkedHashMap<>();
    controller.budgets().all().forEach(budget -> page.put(budget.name(), budget(budget, now)));
    return page;
  }

  private static Map<String, Object> budget(Budget budget, Instant now) {
    long limit = budget.limit(now);
    long spent = budget.spent(now);
    long reserved = budget.reserved(now);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("unit", budget.money() ? "usd" : "tokens");
    shown.put("limit", amount(budget, limit));
    shown.put("spent", amount(budget, spent));
    shown.put("reserved", amount(budget, reserved));
    shown.put("available", amount(budget, limit - spent - reserved));
    shown.put("from", budget.start(now).toString());
    shown.put("until", budget.end(now).toString());
    return shown;
  }

  private static Object amount(Budget budget, long value) {
    return budget.money() ? new NanoDollars(value).toUsd() : (Object) value;
  }
}
