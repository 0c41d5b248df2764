package dev.drover.state.health;

import dev.drover.record.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The right to one attempt at a target. Remembers the breaker generation that issued it, so that a
 * late result cannot credit another. Thread-safe; only the first ending counts.
 */
public final class Permit {
  private final TargetHealth health;
  private final int generation;
  private final long startNanos;
  private final long expectedNanos;
  private final @Nullable String caller;
  private volatile boolean answered;
  private final AtomicBoolean finished = new AtomicBoolean();

  /**
   * @param caller the identity of who asks; null when it is not known here
   */
  Permit(
      TargetHealth health,
      int generation,
      long startNanos,
      long expectedNanos,
      @Nullable String caller) {
    this.caller = caller;
    this.health = health;
    this.generation = generation;
    this.startNanos = startNanos;
    this.expectedNanos = expectedNanos;
  }

  /**
   * Ends the attempt.
   *
   * @param latencyNanos time to the answer's headers, or negative when there were none
   * @return whether this call was the one that ended it
   */
  public boolean finish(Outcome outcome, long latencyNanos) {
    return finish(outcome, false, latencyNanos);
  }

  /**
   * Ends the attempt.
   *
   * @param excused whether the breaker shall not hold the outcome against the target
   */
  public boolean finish(Outcome outcome, boolean excused, long latencyNanos) {
    boolean first = finished.compareAndSet(false, true);
    if (first) {
      health.finished(this, outcome, excused, latencyNanos);
    }
    return first;
  }

  /** The answer has begun: it is not overdue any more, however long it takes to be read. */
  public void answered() {
    answered = true;
  }

  /** Returns whether the response headers of the target have come. */
  boolean isAnswered() {
    return answered;
  }

  @Nullable String caller() {
    return caller;
  }

  int generation() {
    return generation;
  }

  long startNanos() {
    return startNanos;
  }

  long expectedNanos() {
    return answered ? 0 : expectedNanos;
  }
}
