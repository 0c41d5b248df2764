package dev.drover.admission;

import dev.drover.dialect.RateLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request's place in every quota and budget it has to pass. Must be ended exactly once; further
 * endings do nothing. Thread-safe.
 */
public final class Admission {
  /** The reservation that a request holds in one budget. */
  record Drawn(Budget budget, Budget.Reservation reservation) {}

  /**
   * A budget is spent, and some targets may answer all the same.
   *
   * @param targets the only ones that may
   * @param otherwise what is said when none of them can
   */
  public record Degraded(Set<String> targets, Result.Out otherwise) {
    static Degraded further(@Nullable Degraded before, Budget budget, Result.Out spent) {
      Set<String> both = new HashSet<>(budget.degradeTo());
      if (before != null) {
        both.retainAll(before.targets);
      }
      return new Degraded(Set.copyOf(both), spent);
    }
  }

  private final AdmissionController controller;
  private final List<Quota> quotas;
  private final List<Drawn> drawn;
  private final @Nullable Degraded degraded;
  private final long reservedTokens;
  private final ReservationListener listener;
  private final AtomicBoolean over = new AtomicBoolean();

  Admission(
      AdmissionController controller,
      List<Quota> quotas,
      List<Drawn> drawn,
      @Nullable Degraded degraded,
      long reservedTokens,
      ReservationListener listener) {
    this.controller = controller;
    this.quotas = quotas;
    this.drawn = drawn;
    this.degraded = degraded;
    this.reservedTokens = reservedTokens;
    this.listener = listener;
  }

  /**
   * Returns the targets to which a spent budget restricts the request, or null when all targets may
   * respond.
   */
  public @Nullable Degraded degraded() {
    return degraded;
  }

  /** The result of asking for admission. */
  public sealed interface Result {
    /** There was room everywhere. */
    record In(Admission admission) implements Result {}

    /**
     * Somewhere there was none.
     *
     * @param code a stable machine code
     * @param waitNanos until there will be, as far as that can be told; negative: never
     */
    record Out(String code, String message, long waitNanos) implements Result {}
  }

  /**
   * The request is over.
   *
   * @param tokens that it had in truth; 0 when it never got to a target
   * @param costNanos what it cost in truth, in nano-dollars
   */
  public void end(long tokens, long costNanos) {
    if (over.compareAndSet(false, true)) {
      quotas.forEach(quota -> quota.done(tokens - reservedTokens));
      Instant now = controller.wall().instant();
      drawn.forEach(
          each ->
              each.budget.settle(each.reservation, each.budget.money() ? costNanos : tokens, now));
      listener.over(tokens - reservedTokens);
    }
  }

  /** The request is not made after all: as if it had never asked. */
  public void cancel() {
    if (over.compareAndSet(false, true)) {
      quotas.forEach(quota -> quota.untake(reservedTokens));
      Instant now = controller.wall().instant();
      drawn.forEach(each -> each.budget.settle(each.reservation, 0, now));
      listener.cancelled();
    }
  }

  /** Returns what is left of the quotas that have least; empty when there are none. */
  public List<RateLimit> limits() {
    if (quotas.isEmpty()) {
      return List.of();
    }
    List<RateLimit> limits = new ArrayList<>(2);
    long now = controller.ticker().nanos();
    add(limits, "requests", scarcest(quotas, Quota::requests, now), now);
    add(limits, "tokens", scarcest(quotas, Quota::tokens, now), now);
    return limits;
  }

  /** Returns the response header that names budgets which are nearly spent; none without any. */
  public Map<String, String> budgetHeaders() {
    String soft = drawn.isEmpty() ? "" : soft(controller.wall().instant());
    return soft.isEmpty() ? Map.of() : Map.of("x-drover-budget", soft);
  }

  private String soft(Instant now) {
    StringJoiner soft = new StringJoiner("; ");
    for (Drawn each : drawn) {
      if (each.budget.soft(now)) {
        soft.add(each.budget.name() + ": " + percent(each.budget, now) + " %");
      }
    }
    return soft.toString();
  }

  private static long percent(Budget budget, Instant now) {
    return budget.limit(now) == 0 ? 100 : Math.round(100.0 * budget.spent(now) / budget.limit(now));
  }

  private static void add(List<RateLimit> limits, String unit, @Nullable Gcra gcra, long now) {
    if (gcra != null) {
      limits.add(
          new RateLimit(
              unit,
              gcra.perMinute(),
              Math.min(gcra.remaining(now), gcra.perMinute()),
              seconds(gcra.fullInNanos(now))));
    }
  }

  private static @Nullable Gcra scarcest(
      List<Quota> quotas, Function<Quota, @Nullable Gcra> part, long now) {
    Gcra least = null;
    for (Quota quota : quotas) {
      Gcra each = part.apply(quota);
      if (each != null && (least == null || each.remaining(now) < least.remaining(now))) {
        least = each;
      }
    }
    return least;
  }

  private static long seconds(long nanos) {
    return (nanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }
}
