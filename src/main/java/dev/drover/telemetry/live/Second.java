package dev.drover.telemetry.live;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Counts the exchanges that ended within one second. Not thread-safe. */
final class Second {
  private static final int MOST_SAMPLES = 1_000;

  private final Map<String, Long> byTarget = new TreeMap<>();
  private long[] samples = new long[16];
  private int durations;
  private long ended;
  private long failed;
  private long refused;
  private long hits;
  private long costNanos;

  void add(ExchangeRecord record) {
    ended++;
    costNanos += record.charged().cost().value();
    switch (record.ending()) {
      case COMPLETE -> {
        hits += record.target() == null ? 1 : 0;
        if (durations < MOST_SAMPLES) {
          samples = durations < samples.length ? samples : Arrays.copyOf(samples, 4 * durations);
          samples[durations++] = record.timing().durationNanos();
        }
      }
      case REFUSED -> refused++;
      case FAILED, CUT -> failed++;
      case CANCELLED -> {} // the client's own doing
    }
    if (record.target() != null && record.ending() == Ending.COMPLETE) {
      byTarget.merge(record.target(), 1L, Long::sum);
    }
  }

  /** The durations of whole answers, in nanoseconds; of the first thousand. */
  long[] samples() {
    return Arrays.copyOf(samples, durations);
  }

  long ended() {
    return ended;
  }

  long failed() {
    return failed;
  }

  long refused() {
    return refused;
  }

  long hits() {
    return hits;
  }

  long costNanos() {
    return costNanos;
  }

  Map<String, Long> byTarget() {
    return byTarget;
  }
}
