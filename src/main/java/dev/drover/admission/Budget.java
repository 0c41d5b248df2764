package dev.drover.admission;

import dev.drover.config.BudgetConfig;
import dev.drover.types.NanoDollars;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Money or tokens that may be spent within a day, week, month or year. What a request is expected
 * to cost is reserved when it is admitted and settled when it is over, so that however many come at
 * once, spent and reserved together never exceed the limit. Thread-safe: one immutable value
 * swapped by compare-and-set. Amounts are nano-dollars or tokens.
 */
public final class Budget {
  /**
   * The state.
   *
   * @param start when the window began, inclusive
   * @param end when it ends, exclusive
   */
  private record State(Instant start, Instant end, long spent, long reserved) {}

  /** More until a time. */
  private record Increase(long amount, Instant until) {}

  /**
   * What was reserved of one window.
   *
   * @param window when that window began
   */
  record Reservation(Instant window, long amount) {}

  private final String name;
  private final String per;
  private final ZoneId zone;
  private final boolean money;
  private final AtomicReference<State> state;
  private volatile long limit;
  private volatile double softAt;
  private volatile List<Increase> increases = List.of();

  /**
   * @param owner whom it belongs to, such as {@code team search}
   */
  Budget(String owner, BudgetConfig c, Instant now) {
    this.name = name(owner, c);
    this.per = c.per();
    this.zone = ZoneId.of(c.timeZone());
    this.money = c.limitUsd() != null;
    this.state = new AtomicReference<>(fresh(now));
    configure(c);
  }

  /** What tells it from others: all that its history depends on. */
  static String name(String owner, BudgetConfig c) {
    return "%s, %s a %s in %s"
        .formatted(owner, c.limitUsd() == null ? "tokens" : "USD", c.per(), c.timeZone());
  }

  void configure(BudgetConfig c) {
    limit = amount(c.limitUsd() != null ? c.limitUsd() : tokens(c));
    softAt = c.softAt();
    increases =
        c.increases().stream()
            .map(i -> new Increase(amount(i.amount()), OffsetDateTime.parse(i.until()).toInstant()))
            .toList();
  }

  private static BigDecimal tokens(BudgetConfig c) {
    return BigDecimal.valueOf(c.limitTokens() == null ? 0 : c.limitTokens());
  }

  private long amount(BigDecimal value) {
    return money ? NanoDollars.ofUsd(value).value() : value.longValue();
  }

  public String name() {
    return name;
  }

  /** Whether it counts nano-dollars; else tokens. */
  public boolean money() {
    return money;
  }

  /** The limit in force now. */
  public long limit(Instant now) {
    long sum = limit;
    for (Increase increase : increases) {
      sum = now.isBefore(increase.until) ? plus(sum, increase.amount) : sum;
    }
    return sum;
  }

  public long spent(Instant now) {
    return rolled(state.get(), now).spent;
  }

  public long reserved(Instant now) {
    return rolled(state.get(), now).reserved;
  }

  /** When the present window began. */
  public Instant start(Instant now) {
    return rolled(state.get(), now).start;
  }

  /** When the present window ends. */
  public Instant end(Instant now) {
    return rolled(state.get(), now).end;
  }

  /** Whether so much is spent that somebody should know. */
  public boolean soft(Instant now) {
    return spent(now) >= softAt * limit(now);
  }

  /**
   * Reserves an amount, if it is there.
   *
   * @return the reservation, or null
   */
  @Nullable Reservation reserve(long amount, Instant now) {
    long most = limit(now);
    State before;
    State after;
    do {
      before = state.get();
      State s = rolled(before, now);
      if (amount > most - s.spent - s.reserved) {
        return null;
      }
      after = new State(s.start, s.end, s.spent, s.reserved + amount);
    } while (!state.compareAndSet(before, after));
    return new Reservation(after.start, amount);
  }

  /**
   * Puts what was spent in the place of what was reserved. A window that is over by now keeps its
   * expenses to itself.
   */
  void settle(Reservation reservation, long spent, Instant now) {
    state.updateAndGet(
        before -> {
          State s = rolled(before, now);
          return s.start.equals(reservation.window)
              ? new State(
                  s.start,
                  s.end,
                  plus(s.spent, Math.max(0, spent)),
                  s.reserved - reservation.amount)
              : s;
        });
  }

  /** Saturates at the end of a {@code long}. */
  private static long plus(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** Takes up what was spent before a restart, if that was in the present window. */
  void restore(Instant window, long spent, Instant now) {
    state.updateAndGet(
        before -> {
          State s = rolled(before, now);
          return s.start.equals(window) ? new State(s.start, s.end, spent, s.reserved) : s;
        });
  }

  /** The state in the window of now; a clock that goes back does not open an old window again. */
  private State rolled(State s, Instant now) {
    return now.isBefore(s.end) ? s : fresh(now);
  }

  private State fresh(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, zone);
    LocalDate first =
        switch (per) {
          case "week" -> today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
          case "month" -> today.withDayOfMonth(1);
          case "year" -> today.withDayOfYear(1);
          default -> today;
        };
    LocalDate next =
        switch (per) {
          case "week" -> first.plusWeeks(1);
          case "month" -> first.plusMonths(1);
          case "year" -> first.plusYears(1);
          default -> first.plusDays(1);
        };
    return new State(
        first.atStartOfDay(zone).toInstant(), next.atStartOfDay(zone).toInstant(), 0, 0);
  }
}
