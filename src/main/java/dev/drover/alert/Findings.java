package dev.drover.alert;

import dev.drover.admission.Budget;
import dev.drover.config.schema.AlertRuleConfig;
import dev.drover.credential.ProviderCredential;
import dev.drover.ledger.LedgerStatus;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.Breaker;
import dev.drover.state.rollout.RolloutState;
import dev.drover.types.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds the current values for each rule. Thread-safe. */
record Findings(
    Signals signals,
    Supplier<List<ProviderCredential>> credentials,
    RuntimeState state,
    Supplier<LedgerStatus> ledger,
    Supplier<Set<String>> targets,
    Function<Rule, AlertRuleConfig> rules,
    Ticker ticker,
    InstantSource wall) {
  private static final int ENOUGH_FOR_KEYS = 1;

  /** Returns the current values for a rule, whether below its bound or above. */
  List<Finding> of(Rule rule) {
    return switch (rule) {
      case ERROR_RATE, FAILOVERS, USAGE_MISSING -> signals.shares(rule);
      case KEY_REJECTED -> signals.shares(rule, ENOUGH_FOR_KEYS);
      case CREDENTIAL_NOT_RENEWED ->
          credentials.get().stream()
              .filter(ProviderCredential::renews)
              .map(each -> new Finding(each.toString(), each.failingSeconds()))
              .toList();
      case SLOW -> signals.durations();
      case DAILY_SPEND -> List.of(new Finding("", signals.spentToday().toUsd().doubleValue()));
      case BREAKER_OPEN -> open();
      case BUDGET_SOFT -> budgets(false);
      case BUDGET_SPENT -> budgets(true);
      case LEDGER_LAG ->
          List.of(
              new Finding("", (double) ledger.get().lagNanos() / Duration.ofSeconds(1).toNanos()));
      case ROLLED_BACK -> rolledBack();
    };
  }

  /**
   * Returns the targets whose breaker is not closed. Targets that get no requests are left out,
   * since their breakers never close.
   */
  private List<Finding> open() {
    Set<String> asked = targets.get();
    return state.health().all().stream()
        .filter(target -> asked.contains(target.target()))
        .filter(target -> target.breaker().kind(ticker.nanos()) != Breaker.Kind.CLOSED)
        .map(target -> new Finding(target.target(), 1))
        .toList();
  }

  private List<Finding> budgets(boolean spent) {
    Instant now = wall.instant();
    List<Finding> found = new ArrayList<>();
    for (Budget budget : state.controller().budgets().all()) {
      double share = (double) budget.spent(now) / Math.max(1, budget.limit(now));
      boolean refuses =
          share >= 1 || budget.refusedSince(now.minus(rules.apply(Rule.BUDGET_SPENT).over()));
      if (spent ? refuses : budget.soft(now) && !refuses) {
        found.add(new Finding(budget.name(), Math.max(share, Double.MIN_VALUE)));
      }
    }
    return found;
  }

  private List<Finding> rolledBack() {
    return state.rollouts().all().entrySet().stream()
        .filter(each -> each.getValue().state().status() == RolloutState.Status.ROLLED_BACK)
        .map(each -> new Finding(each.getKey(), 1))
        .toList();
  }
}
