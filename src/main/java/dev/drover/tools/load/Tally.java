package dev.drover.tools.load;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts the results of the requests so far. Thread-safe. */
public final class Tally {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  /** Seconds whose course is kept: the last two hours. */
  private static final int SECONDS = 7_200;

  private static final int DIGITS_OF_A_SECOND = 2;

  /**
   * The requests that ended within one second.
   *
   * @param micros the durations of complete responses, in microseconds
   * @param failed the number of failed requests
   */
  record Second(Histogram micros, LongAdder failed) {}

  private final Histogram whole = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
  private final Histogram first = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> targets = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Second> seconds = new ConcurrentSkipListMap<>();
  private final LongAdder inputTokens = new LongAdder();
  private final LongAdder outputTokens = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder good = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
  private volatile long begunNanos = lastNanos.get();

  /** The first request is about to be sent. */
  void begin(long nowNanos) {
    begunNanos = nowNanos;
    lastNanos.set(nowNanos);
  }

  void sent() {
    sent.increment();
  }

  /**
   * A whole answer.
   *
   * @param firstNanos until the first byte of its body
   */
  void answered(
      String target, long input, long output, long firstNanos, long wholeNanos, long nowNanos) {
    good.increment();
    whole.recordValue(micros(wholeNanos));
    first.recordValue(micros(firstNanos));
    inputTokens.add(input);
    outputTokens.add(output);
    count(targets, target.isEmpty() ? "unknown" : target);
    second(nowNanos).micros.recordValue(micros(wholeNanos));
  }

  void failed(String why, long nowNanos) {
    failed.increment();
    count(failures, why);
    second(nowNanos).failed.increment();
  }

  private Second second(long nowNanos) {
    lastNanos.accumulateAndGet(nowNanos, Math::max);
    if (seconds.size() > SECONDS) {
      seconds.pollFirstEntry();
    }
    return seconds.computeIfAbsent(
        TimeUnit.NANOSECONDS.toSeconds(nowNanos - begunNanos),
        _ -> new Second(new ConcurrentHistogram(DIGITS_OF_A_SECOND), new LongAdder()));
  }

  private static void count(Map<String, LongAdder> counts, String name) {
    counts.computeIfAbsent(name, _ -> new LongAdder()).increment();
  }

  private static long micros(long nanos) {
    return Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 0, LONGEST_MICROS);
  }

  /** Requests begun. */
  public long begun() {
    return sent.sum();
  }

  /** Whole answers. */
  public long good() {
    return good.sum();
  }

  /** Requests without one. */
  public long failed() {
    return failed.sum();
  }

  /** Returns the time from the first request to the last end, in seconds. */
  public double seconds() {
    return (double) (lastNanos.get() - begunNanos) / TimeUnit.SECONDS.toNanos(1);
  }

  long inputTokens() {
    return inputTokens.sum();
  }

  long outputTokens() {
    return outputTokens.sum();
  }

  Histogram whole() {
    return whole.copy();
  }

  Histogram first() {
    return first.copy();
  }

  /** Returns the requests that ended, by the second since the first request was sent. */
  NavigableMap<Long, Second> bySecond() {
    return seconds;
  }

  /** By status and code, or by what broke. */
  public Map<String, Long> failures() {
    return sums(failures);
  }

  /** By the target that answered. */
  public Map<String, Long> targets() {
    return sums(targets);
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counts) {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((name, count) -> sums.put(name, count.sum()));
    return sums;
  }
}
