package dev.drover.admission;

import dev.drover.config.schema.BudgetConfig;
import dev.drover.types.NanoDollars;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Money or tokens that may be spent within a day, week, month or year, or within any such time. An
 * amount is reserved when a request is admitted and settled when it is over. However many requests
 * come at once, spent and reserved together never exceed the limit by more than one reservation.
 * Thread-safe: one immutable value swapped by compare-and-set. Amounts are nano-dollars or tokens.
 */
public final class Budget {
  /** Clocks are set back by no more than this in the course of things. */
  private static final Duration CLOCK_STEP = Duration.ofMinutes(5);

  /**
   * The state.
   *
   * @param end when the present slot ends, exclusive
   * @param slots what was spent in each, the oldest first
   * @param own what of it was settled here
   * @param spent in all of them
   */
  private record State(Instant end, List<Long> slots, List<Long> own, long spent, long reserved) {
    State reserving(long amount) {
      return new State(end, slots, own, spent, plus(reserved, amount));
    }

    /** An expense in the last slot takes the place of what was reserved for it. */
    State spending(long amount, long wasReserved) {
      return new State(end, slots, added(own, amount), spent, reserved - wasReserved)
          .with(slots.size() - 1, plus(slots.getLast(), amount));
    }

    private static List<Long> added(List<Long> list, long amount) {
      List<Long> changed = new ArrayList<>(list);
      changed.set(list.size() - 1, plus(list.getLast(), amount));
      return List.copyOf(changed);
    }

    /** Returns the state with another amount in one slot. */
    State with(int slot, long amount) {
      List<Long> changed = new ArrayList<>(slots);
      changed.set(slot, amount);
      return new State(end, List.copyOf(changed), own, sum(changed), reserved);
    }

    private static long sum(List<Long> slots) {
      long sum = 0;
      for (long each : slots) {
        sum = plus(sum, each);
      }
      return sum;
    }
  }

  /** More until a time. */
  private record Increase(long amount, Instant until) {}

  /**
   * An amount that is reserved in one slot.
   *
   * @param end the time when that slot ends
   */
  record Reservation(Instant end, long amount) {}

  /**
   * The amount spent of a budget and its limit.
   *
   * @param spent the amount spent in the budget's window, in its unit
   * @param limit the limit, in the same unit
   */
  public record Level(long spent, long limit) {}

  private final Owner owner;
  private final String name;
  private final Window window;
  private final boolean money;
  private final AtomicReference<State> state;
  private volatile long limit;
  private volatile double softAt;
  private volatile boolean reservesBound;
  private volatile Set<String> degradeTo = Set.of();
  private volatile List<Increase> increases = List.of();
  private volatile Instant lastRefused = Instant.MIN;

  Budget(Owner owner, BudgetConfig c, Instant now) {
    this.owner = owner;
    this.name = name(owner, c);
    this.window = window(c);
    this.money = c.limitUsd() != null;
    this.state = new AtomicReference<>(fresh(now));
    configure(c);
  }

  /**
   * Returns the name of a budget, built from all that its history depends on: owner, unit and
   * window.
   */
  static String name(Owner owner, BudgetConfig c) {
    return "%s, %s %s".formatted(owner, c.limitUsd() == null ? "tokens" : "USD", window(c));
  }

  private static Window window(BudgetConfig c) {
    return Window.of(c.per(), ZoneId.of(c.timeZone()));
  }

  void configure(BudgetConfig c) {
    limit = amount(c.limitUsd() != null ? c.limitUsd() : tokens(c));
    softAt = c.softAt();
    reservesBound = c.reserve().equals("bound");
    degradeTo = Set.copyOf(c.degradeTo());
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

  /** Returns the owner of the budget. */
  Owner owner() {
    return owner;
  }

  /** Returns whether the budget counts nano-dollars; otherwise it counts tokens. */
  public boolean money() {
    return money;
  }

  /**
   * Returns whether a request reserves the most that it may cost. Then a request that nothing else
   * is under way beside is admitted as long as the limit is not reached, however large it is: else
   * the last of a budget could not be spent.
   */
  public boolean reservesBound() {
    return reservesBound;
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

  /** Returns the time when the present window began. */
  public Instant start(Instant now) {
    return start(rolled(state.get(), now), 0);
  }

  /** Returns the amounts settled by this Drover, by the start of their slot, the oldest first. */
  public NavigableMap<Instant, Long> own(Instant now) {
    State s = rolled(state.get(), now);
    return bySlot(s, s.own);
  }

  /** Returns the amounts known to be spent, by the start of their slot, the oldest first. */
  public NavigableMap<Instant, Long> slots(Instant now) {
    State s = rolled(state.get(), now);
    return bySlot(s, s.slots);
  }

  private NavigableMap<Instant, Long> bySlot(State s, List<Long> amounts) {
    NavigableMap<Instant, Long> all = new TreeMap<>();
    for (int i = 0; i < amounts.size(); i++) {
      all.put(start(s, i), amounts.get(i));
    }
    return all;
  }

  /** Returns the start of each slot, the oldest first. */
  List<Instant> starts(Instant now) {
    State s = rolled(state.get(), now);
    List<Instant> starts = new ArrayList<>();
    for (int i = 0; i < s.slots.size(); i++) {
      starts.add(start(s, i));
    }
    return starts;
  }

  private Instant start(State s, int slot) {
    return window.before(s.end, s.slots.size() - 1 - slot);
  }

  /**
   * Returns the time when the present window ends. A rolling window forgets its oldest slot then.
   */
  public Instant end(Instant now) {
    return rolled(state.get(), now).end;
  }

  /** Notes that the rest of the budget did not cover a request. */
  void refused(Instant now) {
    lastRefused = now;
  }

  /** Returns whether the rest of the budget failed to cover a request after {@code since}. */
  public boolean refusedSince(Instant since) {
    return lastRefused.isAfter(since);
  }

  /**
   * Returns whether spending has reached the share of the limit from which on callers are warned.
   */
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
      if (!fits(s, amount, most)) {
        return null;
      }
      after = s.reserving(amount);
    } while (!state.compareAndSet(before, after));
    return new Reservation(after.end, amount);
  }

  /** Returns whether {@link #reserve} would find room now. Reserves nothing. */
  boolean fits(long amount, Instant now) {
    return fits(rolled(state.get(), now), amount, limit(now));
  }

  private boolean fits(State s, long amount, long most) {
    boolean alone = reservesBound && s.reserved == 0 && s.spent < most;
    return alone || amount <= most - s.spent - s.reserved;
  }

  /** Reserves an amount, whether it is there or not. */
  Reservation overdraw(long amount, Instant now) {
    State after = state.updateAndGet(before -> rolled(before, now).reserving(amount));
    return new Reservation(after.end, amount);
  }

  /** The targets that may answer when it is spent; none: nobody may. */
  public Set<String> degradeTo() {
    return degradeTo;
  }

  /**
   * Puts what was spent in the place of what was reserved. A calendar window that is over by now
   * keeps its expenses to itself; a rolling one counts them now.
   */
  void settle(Reservation reservation, long spent, Instant now) {
    state.updateAndGet(
        before -> {
          State s = rolled(before, now);
          if (!window.rolling() && !s.end.equals(reservation.end)) {
            return s;
          }
          return s.spending(Math.max(0, spent), reservation.amount);
        });
  }

  /** Saturates at the end of a {@code long}. */
  private static long plus(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** Takes up what is known to be spent since a time, if that is not over. */
  void restore(Instant since, long spent, Instant now) {
    state.updateAndGet(
        before -> {
          State s = rolled(before, now);
          boolean present =
              window.rolling()
                  ? since.isAfter(start(s, 0).minus(Duration.between(start(s, 0), s.end)))
                  : since.equals(start(s, 0));
          int last = s.slots.size() - 1;
          return present && spent > s.spent ? s.with(last, s.slots.get(last) + spent - s.spent) : s;
        });
  }

  /**
   * Takes up what is on record since each slot began, where that is more than is known since then.
   * The record has an expense when its request began, a rolling budget when it ended: so it is the
   * sums that are compared, from the newest slot on, and not the slots.
   *
   * @param starts when they began, as they were when the record was asked
   * @param since what was spent since each of these times
   */
  public void restore(List<Instant> starts, List<Long> since, Instant now) {
    state.updateAndGet(
        before -> {
          State s = rolled(before, now);
          long known = 0;
          for (int i = s.slots.size() - 1; i >= 0; i--) {
            known = plus(known, s.slots.get(i));
            int asked = starts.indexOf(start(s, i));
            long missing = asked < 0 ? 0 : since.get(asked) - known;
            if (missing > 0) {
              s = s.with(i, plus(s.slots.get(i), missing));
              known = plus(known, missing);
            }
          }
          return s;
        });
  }

  /**
   * The state in the window of now. A clock that goes back a little does not open an old window
   * again. One that was far ahead and came back does, with all that was spent meanwhile.
   */
  private State rolled(State s, Instant now) {
    if (now.isBefore(s.end)) {
      boolean ahead = now.plus(CLOCK_STEP).isBefore(start(s, s.slots.size() - 1));
      return ahead ? fresh(now).with(window.slots() - 1, s.spent) : s;
    }
    State fresh = fresh(now);
    if (!window.rolling()) {
      return fresh;
    }
    List<Long> slots = new ArrayList<>(fresh.slots);
    List<Long> own = new ArrayList<>(fresh.own);
    for (int i = 0; i < slots.size(); i++) {
      for (int k = 0; k < s.slots.size(); k++) {
        if (start(fresh, i).equals(start(s, k))) {
          slots.set(i, s.slots.get(k));
          own.set(i, s.own.get(k));
        }
      }
    }
    return new State(fresh.end, List.copyOf(slots), List.copyOf(own), State.sum(slots), s.reserved);
  }

  private State fresh(Instant now) {
    List<Long> none = Collections.nCopies(window.slots(), 0L);
    return new State(window.end(now), none, none, 0, 0);
  }
}
