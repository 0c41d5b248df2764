package dev.drover.routing.health;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A mean in which what was seen a half-life ago weighs half. Starts at a prior that counts as one
 * observation and fades likewise. Thread-safe: one immutable value swapped by compare-and-set.
 *
 * <p>Regimes: under steady traffic it follows a change within about one half-life; without traffic
 * it stays.
 */
public final class DecayingMean {
  private record Sums(double value, double weight, long atNanos) {}

  private final AtomicReference<Sums> sums;
  private final long halfLifeNanos;

  public DecayingMean(double prior, long halfLifeNanos, long nowNanos) {
    this.sums = new AtomicReference<>(new Sums(prior, 1, nowNanos));
    this.halfLifeNanos = halfLifeNanos;
  }

  public void add(double sample, long nowNanos) {
    Sums before;
    Sums after;
    do {
      before = sums.get();
      double fade = Math.pow(0.5, (double) Math.max(0, nowNanos - before.atNanos) / halfLifeNanos);
      after = new Sums(before.value * fade + sample, before.weight * fade + 1, nowNanos);
    } while (!sums.compareAndSet(before, after));
  }

  public double mean() {
    Sums s = sums.get();
    return s.value / s.weight;
  }
}
