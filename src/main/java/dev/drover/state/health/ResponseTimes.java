package dev.drover.state.health;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The response times of a target, learned from its responses. Streams have a time to the first
 * token and a time per token, whole responses a time to the last byte. Thread-safe.
 */
public final class ResponseTimes {
  /**
   * The result of {@link #expectedNanos} for a target that has had too few responses, or none
   * lately.
   */
  public static final long UNSEEN = -1;

  private static final long HALF_LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final double MAX_WEIGHT = 200;

  /**
   * Fresh observations below which a target must be heard of again: one answer lasts for 3.5
   * minutes.
   */
  private static final double FRESH = 0.1;

  /** An answer that took so many times as long as the mean, or as short, is a surprise. */
  private static final double SURPRISE = 2;

  /** So many surprises in a row are no luck. */
  private static final int NO_LUCK = 3;

  private static final double KEPT_AFTER_SURPRISE = 0.75;

  /** Answers before a new target's mean is a basis for a choice. */
  private static final int ENOUGH = 5;

  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger surprises = new AtomicInteger();
  private final DecayingMean firstToken;
  private final DecayingMean perToken;
  private final DecayingMean whole;

  ResponseTimes(long nowNanos) {
    firstToken = DecayingMean.unknown(MAX_WEIGHT, HALF_LIFE_NANOS, nowNanos);
    perToken = DecayingMean.unknown(MAX_WEIGHT, HALF_LIFE_NANOS, nowNanos);
    whole = DecayingMean.unknown(MAX_WEIGHT, HALF_LIFE_NANOS, nowNanos);
  }

  /** Takes a stream that ended well. */
  public void streamed(long firstTokenNanos, long totalNanos, long outputTokens, long nowNanos) {
    answers.incrementAndGet();
    take(firstToken, (double) firstTokenNanos, nowNanos);
    if (outputTokens > 1) {
      perToken.add((double) (totalNanos - firstTokenNanos) / (outputTokens - 1), nowNanos);
    }
  }

  /** Takes a whole answer. */
  public void answered(long totalNanos, long nowNanos) {
    answers.incrementAndGet();
    take(whole, (double) totalNanos, nowNanos);
  }

  /** A few surprises are luck; many in a row are a brown-out, or its end. */
  private void take(DecayingMean mean, double nanos, long nowNanos) {
    double known = mean.mean();
    boolean surprise = nanos > known * SURPRISE || nanos * SURPRISE < known;
    int inRow = surprises.updateAndGet(n -> surprise ? n + 1 : 0);
    if (inRow >= NO_LUCK) {
      mean.doubt(KEPT_AFTER_SURPRISE);
    }
    mean.add(nanos, nowNanos);
  }

  /** The time until a client has its whole answer, or {@link #UNSEEN}. */
  public long expectedNanos(boolean stream, double outputTokens, long nowNanos) {
    if (answers.get() < ENOUGH) {
      return UNSEEN;
    }
    boolean streams = firstToken.weight(nowNanos) >= FRESH;
    boolean wholes = whole.weight(nowNanos) >= FRESH;
    if (streams && (stream || !wholes)) {
      return (long) (firstToken.mean() + perToken.mean() * outputTokens);
    }
    return wholes ? (long) whole.mean() : UNSEEN;
  }

  /** Mean time to the first token of a stream, in nanoseconds; 0 when there was none. */
  public double firstTokenNanos() {
    return firstToken.mean();
  }

  /** Mean time per further token of a stream, in nanoseconds; 0 when there was none. */
  public double perTokenNanos() {
    return perToken.mean();
  }

  /** Mean time to the end of a whole answer, in nanoseconds; 0 when there was none. */
  public double wholeNanos() {
    return whole.mean();
  }
}
