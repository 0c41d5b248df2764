package dev.drover.admission;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
  /** What it holds of one budget. */
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

  /** Whether only some targets may answer; null: all may. */
  public @Nullable Degraded degraded() {
    return degraded;
  }

  /** What came of asking for a place. */
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

  /**
   * What is left, in OpenAI's headers, of the quota that has least; and which budgets are nearly
   * spent. Empty without any.
   */
  public Map<String, String> headers() {
    if (quotas.isEmpty() && drawn.isEmpty()) {
      return Map.of();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    long now = controller.ticker().nanos();
    put(headers, "requests", scarcest(quotas, Quota::requests, now), now);
    put(headers, "tokens", scarcest(quotas, Quota::tokens, now), now);
    String soft = soft(controller.wall().instant());
    if (!soft.isEmpty()) {
      headers.put("x-drover-budget", soft);
    }
    return headers;
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

  private static void put(Map<String, String> headers, String what, @Nullable Gcra gcra, long now) {
    if (gcra != null) {
      headers.put("x-ratelimit-limit-" + what, Long.toString(gcra.perMinute()));
      headers.put(
          "x-ratelimit-remaining-" + what,
          Long.toString(Math.min(gcra.remaining(now), gcra.perMinute())));
      headers.put("x-ratelimit-reset-" + what, seconds(gcra.fullInNanos(now)) + "s");
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
