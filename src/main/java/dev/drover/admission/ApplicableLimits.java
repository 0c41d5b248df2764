package dev.drover.admission;

import java.util.List;

/**
 * A request and all that has to have room for it.
 *
 * @param quotas in the order in which they are asked
 * @param budgets in the order in which they are asked
 */
public record ApplicableLimits(AdmissionRequest request, List<Quota> quotas, List<Budget> budgets) {
  public ApplicableLimits {
    quotas = List.copyOf(quotas);
    budgets = List.copyOf(budgets);
  }

  /** Returns whether no quota and no budget applies to the request. */
  public boolean isEmpty() {
    return quotas.isEmpty() && budgets.isEmpty();
  }

  /** Returns the amount that the request takes of a budget, in the budget's unit. */
  public long amount(Budget budget) {
    if (budget.reservesBound()) {
      return budget.money() ? request.bound().costNanos() : request.bound().tokens();
    }
    return budget.money() ? request.costNanos() : request.tokens();
  }
}
