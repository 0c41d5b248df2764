package dev.drover.state.health;

import dev.drover.record.Outcome;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes a failing target out of choice and lets it back by one trial at a time.
 *
 * <pre>
 *            failures in a row, or share of the window
 *   CLOSED ───────────────────────────────────────────► OPEN ──── time is over ───► HALF_OPEN
 *     ▲                                                  ▲                             │  │
 *     │                                                  └──── a trial fails ──────────┘  │
 *     └──────────────────────────── a trial succeeds ─────────────────────────────────────┘
 * </pre>
 *
 * <p>Thread-safe: the state is one immutable value swapped by compare-and-set. Each opening starts
 * a new generation; a result of an attempt that began in an older one changes nothing. OPEN turns
 * to HALF_OPEN by the clock alone, so no timer is needed. A trial that never reports is given up
 * after the open period and another may start.
 */
public final class Breaker {
  /** The state as the outside sees it. */
  public enum Kind {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  /**
   * @param generation counts openings and closings
   * @param failuresInRow while closed
   * @param opened whether it is open or half open
   * @param untilNanos when it may be tried, while opened
   * @param openNanos the length of the present open period
   * @param trialUntilNanos until when the running trial blocks others, while opened
   */
  private record State(
      int generation,
      int failuresInRow,
      boolean opened,
      long untilNanos,
      long openNanos,
      long trialUntilNanos) {}

  private final AtomicReference<State> state =
      new AtomicReference<>(new State(0, 0, false, 0, 0, 0));
  private final CountWindow window = new CountWindow();
  private volatile BreakerSettings settings;

  Breaker(BreakerSettings settings) {
    this.settings = settings;
  }

  void configure(BreakerSettings changed) {
    settings = changed;
  }

  public Kind kind(long nowNanos) {
    State s = state.get();
    return !s.opened ? Kind.CLOSED : nowNanos - s.untilNanos < 0 ? Kind.OPEN : Kind.HALF_OPEN;
  }

  /**
   * Returns whether a request may be sent: the breaker is closed, or half open with no trial
   * running.
   */
  public boolean available(long nowNanos) {
    State s = state.get();
    return !s.opened || (nowNanos - s.untilNanos >= 0 && nowNanos - s.trialUntilNanos >= 0);
  }

  /**
   * Claims the trial when half open; true as well when closed. False when another has it or the
   * time has not come.
   */
  public boolean claim(long nowNanos) {
    State before;
    State after;
    do {
      before = state.get();
      if (!before.opened) {
        return true;
      }
      if (!available(nowNanos)) {
        return false;
      }
      after =
          new State(
              before.generation,
              before.failuresInRow,
              true,
              before.untilNanos,
              before.openNanos,
              nowNanos + before.openNanos);
    } while (!state.compareAndSet(before, after));
    return true;
  }

  /** Returns the nanoseconds until a trial is possible, or 0 when a request may be sent now. */
  public long nanosToTrial(long nowNanos) {
    State s = state.get();
    return !s.opened ? 0 : Math.max(0, Math.max(s.untilNanos, s.trialUntilNanos) - nowNanos);
  }

  /**
   * Returns the nanoseconds for which the breaker stays open before any trial, or 0 when it is not
   * open.
   */
  public long nanosOpen(long nowNanos) {
    State s = state.get();
    return s.opened ? Math.max(0, s.untilNanos - nowNanos) : 0;
  }

  /** The share of the window's requests that failed, 0.0 to 1.0. */
  public double failedShare(long nowNanos) {
    return window.failedShare(nowNanos, settings.windowNanos());
  }

  int generation() {
    return state.get().generation;
  }

  /**
   * Takes a result.
   *
   * @param generation what {@link #generation} was when the attempt began
   * @return whether this result opened the breaker
   */
  boolean report(Outcome outcome, int generation, long nowNanos) {
    if (!outcome.counts()) {
      releaseTrial(generation, nowNanos);
      return false;
    }
    State before;
    State after;
    boolean counted = false;
    do {
      before = state.get();
      // What is asked before its time, since no other is well, may show that it is well again
      boolean tooEarly = before.opened && nowNanos - before.untilNanos < 0;
      if (before.generation != generation || (tooEarly && outcome.failed())) {
        return false;
      }
      if (!counted && !before.opened) {
        window.add(outcome.failed(), nowNanos, settings.windowNanos());
        counted = true;
      }
      after = outcome.failed() ? failed(before, nowNanos) : succeeded(before);
    } while (!state.compareAndSet(before, after));
    boolean opening = after.opened && after.generation != before.generation;
    if (after.generation != before.generation) {
      window.clear();
    }
    return opening;
  }

  /**
   * Opens it on what others have seen, if it is not open for longer already, and no trial is about
   * to tell more.
   */
  void openFor(long nanos, long nowNanos) {
    state.updateAndGet(
        s ->
            s.opened && (s.untilNanos - nowNanos >= nanos || s.trialUntilNanos - nowNanos > 0)
                ? s
                : new State(
                    s.generation + 1,
                    0,
                    true,
                    nowNanos + nanos,
                    Math.max(s.openNanos, settings.openNanos()),
                    nowNanos));
  }

  /** Ends the open period: something else than traffic has shown that a trial is worth it. */
  void tryNow(long nowNanos) {
    state.updateAndGet(
        s ->
            s.opened && s.untilNanos - nowNanos > 0
                ? new State(
                    s.generation, s.failuresInRow, true, nowNanos, s.openNanos, s.trialUntilNanos)
                : s);
  }

  /** Gives a claimed trial back that was not used. */
  public void giveBack(long nowNanos) {
    releaseTrial(generation(), nowNanos);
  }

  /** A trial that says nothing makes room for another. */
  private void releaseTrial(int generation, long nowNanos) {
    State s = state.get();
    if (s.opened && s.generation == generation) {
      State released =
          new State(generation, s.failuresInRow, true, s.untilNanos, s.openNanos, nowNanos);
      boolean _ = state.compareAndSet(s, released); // lost: someone else has moved it on
    }
  }

  private State succeeded(State s) {
    return s.opened
        ? new State(s.generation + 1, 0, false, 0, 0, 0)
        : new State(s.generation, 0, false, 0, 0, 0);
  }

  private State failed(State s, long nowNanos) {
    if (s.opened) {
      return open(s, Math.min(s.openNanos * 2, settings.openAtMostNanos()), nowNanos);
    }
    int inRow = s.failuresInRow + 1;
    long span = settings.windowNanos();
    boolean share =
        window.total(nowNanos, span) >= settings.minRequests()
            && window.failedShare(nowNanos, span) >= settings.failureShare();
    return inRow >= settings.failuresInRow() || share
        ? open(s, settings.openNanos(), nowNanos)
        : new State(s.generation, inRow, false, 0, 0, 0);
  }

  private static State open(State s, long openNanos, long nowNanos) {
    long until = nowNanos + openNanos;
    return new State(s.generation + 1, 0, true, until, openNanos, nowNanos);
  }
}
