package dev.drover.routing.health;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The last 1,000 latencies of a target. Thread-safe; a reader may see a slot a moment before or
 * after a writer, which shifts a percentile by one sample at most.
 */
public final class Latencies {
  private static final int SLOTS = 1000;

  /** Figures in nanoseconds; all 0 when nothing was seen. */
  public record Summary(int count, long mean, long p50, long p95, long p99, long max) {}

  private final AtomicLongArray samples = new AtomicLongArray(SLOTS);
  private final AtomicInteger written = new AtomicInteger();

  void add(long nanos) {
    int n = written.getAndUpdate(w -> w == 2 * SLOTS - 1 ? SLOTS : w + 1);
    samples.set(n % SLOTS, nanos);
  }

  public Summary summary() {
    int count = Math.min(written.get(), SLOTS);
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
