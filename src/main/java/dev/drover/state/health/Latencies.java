package dev.drover.state.health;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The last latencies of a target. Thread-safe; a reader may see a slot a moment before or after a
 * writer, which shifts a percentile by one sample at most.
 */
public final class Latencies {
  /** Figures in nanoseconds; all 0 when nothing was seen. */
  public record Summary(int count, long mean, long p50, long p95, long p99, long max) {}

  private final AtomicLongArray samples;
  private final AtomicInteger written = new AtomicInteger();

  /**
   * @param slots how many are kept
   */
  public Latencies(int slots) {
    samples = new AtomicLongArray(slots);
  }

  /** Returns this history with another number of samples, keeping the newest ones. */
  Latencies withSlots(int slots) {
    if (slots == samples.length()) {
      return this;
    }
    Latencies other = new Latencies(slots);
    int have = written.get();
    int count = Math.min(have, samples.length());
    for (int i = Math.max(0, count - slots); i < count; i++) {
      other.add(samples.get((have - count + i) % samples.length()));
    }
    return other;
  }

  /** Takes one in. */
  public void add(long nanos) {
    int slots = samples.length();
    int n = written.getAndUpdate(w -> w == 2 * slots - 1 ? slots : w + 1);
    samples.set(n % slots, nanos);
  }

  public Summary summary() {
    int count = Math.min(written.get(), samples.length());
    long[] sorted = new long[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = samples.get(i);
    }
    Arrays.sort(sorted);
    if (count == 0) {
      return new Summary(0, 0, 0, 0, 0, 0);
    }
    long mean = (long) Arrays.stream(sorted).average().orElse(0);
    return new Summary(
        count, mean, at(sorted, 0.50), at(sorted, 0.95), at(sorted, 0.99), sorted[count - 1]);
  }

  /** Nearest-rank percentile. */
  private static long at(long[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
