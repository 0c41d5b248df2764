package dev.drover.state.health;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A mean that forgets: what was seen a half-life ago weighs half. Thread-safe: one immutable value
 * swapped by compare-and-set.
 *
 * <p>Regimes: at start every observation counts alike; under steady traffic it follows a change
 * within a half-life or {@code maxWeight} observations, whichever comes first; without traffic the
 * mean stays, its weight fades, and the next observations move it as if it rested on {@value
 * #MEMORY}: one lucky answer after a pause proves nothing.
 */
public final class DecayingMean {
  private static final int MEMORY = 30;

  /**
   * The state.
   *
   * @param weight fresh observations the mean is worth
   * @param count observations ever, up to {@code MEMORY}
   * @param samples observations ever
   */
  private record State(double mean, double weight, int count, long samples, long atNanos) {}

  private final AtomicReference<State> state;
  private final double maxWeight;
  private final long halfLifeNanos;

  private DecayingMean(State start, double maxWeight, long halfLifeNanos) {
    this.state = new AtomicReference<>(start);
    this.maxWeight = maxWeight;
    this.halfLifeNanos = halfLifeNanos;
  }

  /** A mean that starts at a guess, which counts as one observation. */
  public static DecayingMean from(
      double guess, double maxWeight, long halfLifeNanos, long nowNanos) {
    return new DecayingMean(new State(guess, 1, 1, 0, nowNanos), maxWeight, halfLifeNanos);
  }

  /** A mean of nothing yet: 0 with no weight. */
  public static DecayingMean unknown(double maxWeight, long halfLifeNanos, long nowNanos) {
    return new DecayingMean(new State(0, 0, 0, 0, nowNanos), maxWeight, halfLifeNanos);
  }

  /** Takes an observation. */
  public void add(double sample, long nowNanos) {
    State before;
    State after;
    do {
      before = state.get();
      double fresh = faded(before, nowNanos);
      double past = Math.clamp(fresh, Math.min(before.count, maxWeight - 1), maxWeight - 1);
      after =
          new State(
              before.mean + (sample - before.mean) / (past + 1),
              Math.min(fresh + 1, maxWeight),
              Math.min(before.count + 1, MEMORY),
              before.samples + 1,
              nowNanos);
    } while (!state.compareAndSet(before, after));
  }

  /** Gives up part of its confidence, so that the next observations move it more. */
  void doubt(double keep) {
    state.updateAndGet(
        s ->
            new State(
                s.mean, s.weight * keep, (int) Math.ceil(s.count * keep), s.samples, s.atNanos));
  }

  /** The mean; 0 while nothing was seen. */
  public double mean() {
    return state.get().mean;
  }

  /** Returns the number of observations so far, without a guess at the start. */
  public long samples() {
    return state.get().samples;
  }

  /** Returns the number of fresh observations that the mean is worth now. */
  public double weight(long nowNanos) {
    return faded(state.get(), nowNanos);
  }

  private double faded(State s, long nowNanos) {
    return s.weight * Math.pow(0.5, (double) Math.max(0, nowNanos - s.atNanos) / halfLifeNanos);
  }
}
