package dev.drover.admission;

import dev.drover.config.GatewayConfig;
import dev.drover.types.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Where requests are admitted: all quotas and budgets. Outlives reloads; thread-safe. */
public record Desk(Quotas quotas, Budgets budgets, Ticker ticker, InstantSource wall) {
  private static final long NEVER = -1;
  private static final long A_SECOND = 1_000_000_000;

  /** Takes a config up. */
  public void configure(GatewayConfig config) {
    quotas.configure(config);
    budgets.configure(config);
  }

  /** Admits a request to all its quotas and budgets, or to none. */
  public Admission.Result admit(Ticket ticket) {
    List<Quota> passed = new ArrayList<>(3);
    for (Quota quota : quotas.of(ticket.caller(), ticket.model())) {
      Quota.Full full = quota.take(ticket.tokens());
      if (full != null) {
        passed.forEach(taken -> taken.untake(ticket.tokens()));
        return new Admission.Result.Out(
            "rate_limited",
            "%s: %d %s reached (expected: fewer)"
                .formatted(full.quota().name(), full.bound(), full.what()),
            full.waitNanos());
      }
      passed.add(quota);
    }
    Instant now = wall.instant();
    List<Admission.Drawn> drawn = new ArrayList<>(2);
    Admission.Degraded degraded = null;
    for (Budget budget : budgets.of(ticket)) {
      long amount = budget.money() ? ticket.costNanos() : ticket.tokens();
      Budget.Reservation reservation = budget.reserve(amount, now);
      if (reservation == null && !budget.degradeTo().isEmpty()) {
        degraded = Admission.Degraded.further(degraded, budget, spent(budget, amount, now));
        reservation = budget.overdraw(amount, now);
      }
      if (reservation == null) {
        drawn.forEach(each -> each.budget().settle(each.reservation(), 0, now));
        passed.forEach(taken -> taken.untake(ticket.tokens()));
        return spent(budget, amount, now);
      }
      drawn.add(new Admission.Drawn(budget, reservation));
    }
    return new Admission.Result.In(new Admission(this, passed, drawn, degraded, ticket.tokens()));
  }

  private static Admission.Result.Out spent(Budget budget, long amount, Instant now) {
    long limit = budget.limit(now);
    if (amount > limit) {
      return out(budget, "less than this request may cost (expected: a smaller one)", NEVER);
    }
    if (amount <= limit - budget.spent(now)) {
      return out(
          budget, "held by requests under way (expected: a request when they are over)", A_SECOND);
    }
    return out(
        budget,
        "what is left of it does not cover this request (expected: a request after %s)"
            .formatted(budget.end(now)),
        Duration.between(now, budget.end(now)).toNanos());
  }

  private static Admission.Result.Out out(Budget budget, String why, long waitNanos) {
    return new Admission.Result.Out(
        "budget_exceeded", "budget of " + budget.name() + ": " + why, waitNanos);
  }
}
