package dev.drover.admission;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.types.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Admits requests to all quotas and budgets. Outlives reloads; thread-safe. */
public record AdmissionController(
    Quotas quotas, Budgets budgets, Ticker ticker, InstantSource wall) {
  private static final long NEVER = -1;
  private static final long A_SECOND = 1_000_000_000;

  /** Takes a config up. */
  public void configure(GatewayConfig config) {
    quotas.configure(config);
    budgets.configure(config);
  }

  /** Returns the quotas and budgets that must have room for a request. */
  public ApplicableLimits applicable(AdmissionRequest request) {
    return new ApplicableLimits(
        request, quotas.of(request.caller(), request.model()), budgets.of(request));
  }

  /** Admits a request to all its quotas and budgets, or to none. */
  public Admission.Result admit(AdmissionRequest request) {
    return admit(applicable(request));
  }

  /** Admits a request to all its quotas and budgets, or to none. */
  public Admission.Result admit(ApplicableLimits applicable) {
    return admit(applicable, ReservationListener.NONE);
  }

  /**
   * Admits a request to all its quotas and budgets, or to none.
   *
   * @param listener is told when the request is over
   */
  public Admission.Result admit(ApplicableLimits applicable, ReservationListener listener) {
    long tokens = applicable.request().tokens();
    for (int i = 0; i < applicable.quotas().size(); i++) {
      Quota.Full full = applicable.quotas().get(i).take(tokens);
      if (full != null) {
        applicable.quotas().subList(0, i).forEach(taken -> taken.untake(tokens));
        return refused(full);
      }
    }
    Instant now = wall.instant();
    List<Admission.Drawn> drawn = new ArrayList<>(applicable.budgets().size());
    Admission.Degraded degraded = null;
    for (Budget budget : applicable.budgets()) {
      long amount = applicable.amount(budget);
      Budget.Reservation reservation = budget.reserve(amount, now);
      if (reservation == null) {
        Admission.Result.Out spent =
            refused(budget, amount, new Budget.Level(budget.spent(now), budget.limit(now)), now);
        if (budget.degradeTo().isEmpty()) {
          drawn.forEach(each -> each.budget().settle(each.reservation(), 0, now));
          applicable.quotas().forEach(taken -> taken.untake(tokens));
          return spent;
        }
        degraded = Admission.Degraded.further(degraded, budget, spent);
        reservation = budget.overdraw(amount, now);
      }
      drawn.add(new Admission.Drawn(budget, reservation));
    }
    return new Admission.Result.In(
        new Admission(this, applicable.quotas(), drawn, degraded, tokens, listener));
  }

  /**
   * Tells whether a request would be admitted now. Takes nothing and counts nothing; what it gives
   * holds nothing.
   */
  public Admission.Result preview(ApplicableLimits applicable) {
    long tokens = applicable.request().tokens();
    for (Quota quota : applicable.quotas()) {
      Quota.Full full = quota.preview(tokens);
      if (full != null) {
        return refused(full);
      }
    }
    Instant now = wall.instant();
    Admission.Degraded degraded = null;
    for (Budget budget : applicable.budgets()) {
      long amount = applicable.amount(budget);
      if (!budget.fits(amount, now)) {
        Admission.Result.Out spent =
            why(budget, amount, new Budget.Level(budget.spent(now), budget.limit(now)), now);
        if (budget.degradeTo().isEmpty()) {
          return spent;
        }
        degraded = Admission.Degraded.further(degraded, budget, spent);
      }
    }
    return new Admission.Result.In(
        new Admission(this, List.of(), List.of(), degraded, 0, ReservationListener.NONE));
  }

  /**
   * Takes up what was admitted elsewhere, where several Drovers count together.
   *
   * @param overdrawn those that had no room and let the request degrade, with what they have
   * @param listener is told when the request is over
   */
  public Admission.Result admitted(
      ApplicableLimits applicable,
      Map<Budget, Budget.Level> overdrawn,
      ReservationListener listener) {
    Instant now = wall.instant();
    applicable.quotas().forEach(Quota::enter);
    List<Admission.Drawn> drawn = new ArrayList<>(applicable.budgets().size());
    Admission.Degraded degraded = null;
    for (Budget budget : applicable.budgets()) {
      long amount = applicable.amount(budget);
      Budget.Level level = overdrawn.get(budget);
      if (level != null) {
        degraded =
            Admission.Degraded.further(degraded, budget, refused(budget, amount, level, now));
      }
      drawn.add(new Admission.Drawn(budget, budget.overdraw(amount, now)));
    }
    return new Admission.Result.In(
        new Admission(
            this, applicable.quotas(), drawn, degraded, applicable.request().tokens(), listener));
  }

  /** The refusal of a quota that is full. */
  public Admission.Result.Out refused(Quota.Full full) {
    return new Admission.Result.Out(
        "rate_limited",
        "%s: %d %s reached (expected: fewer)"
            .formatted(full.quota().name(), full.bound(), full.what()),
        full.waitNanos());
  }

  /**
   * The refusal of a budget that has no room.
   *
   * @param amount asked for
   * @param level how full it is
   */
  public Admission.Result.Out refused(Budget budget, long amount, Budget.Level level, Instant now) {
    boolean spent = level.limit() > 0 && level.spent() >= level.limit();
    boolean tooLarge = amount > level.limit() && !spent;
    boolean closed =
        budget.reservesBound() ? spent : !tooLarge && amount > level.limit() - level.spent();
    if (closed) {
      budget.refused(now);
    }
    return why(budget, amount, level, now);
  }

  private static Admission.Result.Out why(
      Budget budget, long amount, Budget.Level level, Instant now) {
    boolean spent = level.limit() > 0 && level.spent() >= level.limit();
    boolean none = level.limit() == 0;
    if (none || (!budget.reservesBound() && amount > level.limit() && !spent)) {
      return out(
          budget,
          "budget_exceeded",
          "less than this request may cost (expected: a smaller one)",
          NEVER);
    }
    if (budget.reservesBound() ? !spent : amount <= level.limit() - level.spent()) {
      return out(
          budget,
          "budget_reserved",
          "what is left is reserved for requests under way (expected: a request when they are over)",
          A_SECOND);
    }
    return out(
        budget,
        "budget_exceeded",
        "what is left of it does not cover this request (expected: a request after %s)"
            .formatted(budget.end(now)),
        Duration.between(now, budget.end(now)).toNanos());
  }

  private static Admission.Result.Out out(Budget budget, String code, String why, long waitNanos) {
    return new Admission.Result.Out(code, "budget of " + budget.name() + ": " + why, waitNanos);
  }
}
