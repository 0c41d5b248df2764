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
    for (Budget budget : budgets.of(ticket.caller(), ticket.model())) {
      long amount = budget.money() ? ticket.costNanos() : ticket.tokens();
      Budget.Reservation reservation = budget.reserve(amount, now);
      if (reservation == null) {
        drawn.forEach(each -> each.budget().settle(each.reservation(), 0, now));
        passed.forEach(taken -> taken.untake(ticket.tokens()));
        return spent(budget, now);
      }
      drawn.add(new Admission.Drawn(budget, reservation));
    }
    return new Admission.Result.In(new Admission(this, passed, drawn, ticket.tokens()));
  }

  private static Admission.Result spent(Budget budget, Instant now) {
    return new Admission.Result.Out(
        "budget_exceeded",
        "budget of %s: what is left of it does not cover this request (expected: a request after %s)"
            .formatted(budget.name(), budget.end(now)),
        Duration.between(now, budget.end(now)).toNanos());
  }
}
