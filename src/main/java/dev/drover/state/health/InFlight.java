package dev.drover.state.health;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The attempts under way at one target and how late they are. Answers tell of a brown-out only once
 * they are there, which is late by as much as the target has become slow; those that are overdue
 * tell at once. Thread-safe; looks at all attempts at most every 10 ms.
 */
final class InFlight {
  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** An attempt that takes this many times what was expected is overdue. */
  private static final double OVERDUE = 2;

  /**
   * An attempt that has taken a while is as likely as not to take that long again: the best guess
   * for a duration of which nothing but the age is known.
   */
  private static final double AGE_TO_DURATION = 2;

  /** Beyond this nothing more is learned from waiting. */
  private static final double MOST = 20;

  private record Look(long atNanos, double slowdown) {}

  private final Set<Permit> permits = ConcurrentHashMap.newKeySet();
  private volatile Look look = new Look(0, 1);
  private volatile boolean looked;

  void add(Permit permit) {
    permits.add(permit);
  }

  void remove(Permit permit) {
    permits.remove(permit);
  }

  int size() {
    return permits.size();
  }

  /** The factor by which answers take longer now than was learned; at least 1. */
  double slowdown(long nowNanos) {
    Look last = look;
    if (looked && nowNanos - last.atNanos < LOOK_EVERY_NANOS) {
      return last.slowdown;
    }
    double found = permits.isEmpty() ? 1 : compute(nowNanos);
    look = new Look(nowNanos, found);
    looked = true;
    return found;
  }

  private double compute(long nowNanos) {
    int known = 0;
    int late = 0;
    double lateness = 0;
    for (Permit permit : permits) {
      if (permit.expectedNanos() > 0) {
        known++;
        double age = (double) (nowNanos - permit.startNanos()) / permit.expectedNanos();
        if (age > OVERDUE) {
          late++;
          lateness += Math.min(age, MOST);
        }
      }
    }
    if (late == 0) {
      return 1;
    }
    double share = (double) late / (known + 1); // one more in time: a single late one proves little
    return 1 - share + share * AGE_TO_DURATION * lateness / late;
  }
}
