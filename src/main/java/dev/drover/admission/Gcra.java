package dev.drover.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate limit that needs one number: the generic cell rate algorithm (ITU-T I.371). The number is
 * when the bucket will be empty again; each unit taken moves it by the time in which one unit comes
 * in. Thread-safe by compare-and-set; settings may change while it is used.
 */
final class Gcra {
  private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** More than any request has: a provider that states more is mistaken. */
  static final long MOST_UNITS = 100_000_000;

  private final AtomicLong emptyAt;
  private volatile double nanosPerUnit;
  private volatile double burstNanos;
  private volatile long perMinute;

  Gcra(long perMinute, long burst, long nowNanos) {
    emptyAt = new AtomicLong(nowNanos);
    nanosPerUnit = NANOS_PER_MINUTE / perMinute;
    configure(perMinute, burst, nowNanos);
  }

  /** Takes settings up: as many units are missing as before, which come in faster or slower. */
  void configure(long perMinuteNow, long burst, long nowNanos) {
    double nanosPerUnitNow = NANOS_PER_MINUTE / perMinuteNow;
    double slower = nanosPerUnitNow / nanosPerUnit;
    perMinute = perMinuteNow;
    nanosPerUnit = nanosPerUnitNow;
    burstNanos = nanosPerUnitNow * burst;
    emptyAt.updateAndGet(at -> nowNanos + (long) (Math.max(at - nowNanos, 0) * slower));
  }

  long perMinute() {
    return perMinute;
  }

  /**
   * Takes units if they are there. More than the burst are never there at once: they are let
   * through when the bucket is full, and leave it overdrawn.
   *
   * @return 0 when they were taken, else the nanoseconds until they can be
   */
  long take(long units, long nowNanos) {
    double cost = units * nanosPerUnit;
    long before;
    long after;
    do {
      before = emptyAt.get();
      long from = Math.max(before - nowNanos, 0);
      double allowed = Math.max(burstNanos - cost, 0);
      if (from > allowed) {
        return Math.max(1, (long) Math.ceil(from - allowed));
      }
      after = nowNanos + from + (long) cost;
    } while (!emptyAt.compareAndSet(before, after));
    return 0;
  }

  /**
   * Returns the nanoseconds until units could be taken, or 0 when they could be taken now. Takes
   * nothing.
   */
  long wait(long units, long nowNanos) {
    long from = Math.max(emptyAt.get() - nowNanos, 0);
    double allowed = Math.max(burstNanos - units * nanosPerUnit, 0);
    return from > allowed ? Math.max(1, (long) Math.ceil(from - allowed)) : 0;
  }

  /**
   * Takes units whether they are there or not, or gives some back when negative. Never more comes
   * back than is still missing: what has come in since is not owed any more.
   */
  void settle(long units, long nowNanos) {
    long delta = (long) (Math.clamp(units, -MOST_UNITS, MOST_UNITS) * nanosPerUnit);
    emptyAt.updateAndGet(
        before -> {
          long missing = Math.max(before - nowNanos, 0);
          return missing + delta <= 0 ? Math.min(before, nowNanos) : nowNanos + missing + delta;
        });
  }

  /** Takes up how long it is, as others know, until all units are there again. */
  void seen(long fullInNanos, long nowNanos) {
    emptyAt.set(nowNanos + fullInNanos);
  }

  /** Returns the rate, the burst and the present fill of this limit. */
  Quota.Rate rate(long nowNanos) {
    return new Quota.Rate(nanosPerUnit, burstNanos, fullInNanos(nowNanos));
  }

  /** Units there now. */
  long remaining(long nowNanos) {
    double used = Math.max(emptyAt.get() - nowNanos, 0);
    return (long) Math.max(0, Math.floor((burstNanos - used) / nanosPerUnit + 1e-6));
  }

  /** Returns the nanoseconds until all units are available again. */
  long fullInNanos(long nowNanos) {
    return Math.max(emptyAt.get() - nowNanos, 0);
  }
}
