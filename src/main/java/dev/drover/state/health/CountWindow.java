package dev.drover.state.health;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Requests and failures of the last while, in ten buckets that are overwritten as time goes round.
 * Thread-safe: each bucket is an immutable value swapped by compare-and-set. All calls give the
 * same length of the window, in nanoseconds, or those with another see nothing.
 */
public final class CountWindow {
  private static final int BUCKETS = 10;
  private static final Bucket EMPTY = new Bucket(-1, 0, 0);

  private record Bucket(long slot, int total, int failed) {
    Bucket plus(boolean failure) {
      return new Bucket(slot, total + 1, failed + (failure ? 1 : 0));
    }
  }

  private final AtomicReferenceArray<Bucket> buckets = new AtomicReferenceArray<>(BUCKETS);

  public CountWindow() {
    clear();
  }

  /** Counts one. */
  public void add(boolean failure, long nowNanos, long windowNanos) {
    long slot = slot(nowNanos, windowNanos);
    int index = (int) Math.floorMod(slot, (long) BUCKETS);
    Bucket before;
    Bucket after;
    do {
      before = buckets.get(index);
      after = (before.slot == slot ? before : new Bucket(slot, 0, 0)).plus(failure);
    } while (!buckets.compareAndSet(index, before, after));
  }

  /** Requests in the window. */
  public int total(long nowNanos, long windowNanos) {
    return (int) (sums(nowNanos, windowNanos) >>> Integer.SIZE);
  }

  /** The share of the window's requests that failed. */
  public double failedShare(long nowNanos, long windowNanos) {
    long sums = sums(nowNanos, windowNanos);
    long total = sums >>> Integer.SIZE;
    return total == 0 ? 0 : (double) (int) sums / total;
  }

  /** Requests in the upper half, failures in the lower one: nothing is allocated. */
  private long sums(long nowNanos, long windowNanos) {
    long newest = slot(nowNanos, windowNanos);
    long sums = 0;
    for (int i = 0; i < BUCKETS; i++) {
      Bucket bucket = buckets.get(i);
      long age = newest - bucket.slot;
      if (bucket.total > 0 && age >= 0 && age < BUCKETS) {
        sums += ((long) bucket.total << Integer.SIZE) + bucket.failed;
      }
    }
    return sums;
  }

  void clear() {
    for (int i = 0; i < BUCKETS; i++) {
      buckets.set(i, EMPTY);
    }
  }

  private static long slot(long nowNanos, long windowNanos) {
    return Math.floorDiv(nowNanos, Math.max(1, windowNanos / BUCKETS));
  }
}
