package dev.drover.routing.health;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to one attempt at a target. Remembers the breaker generation that issued it, so that a
 * late result cannot credit another. Thread-safe; only the first ending counts.
 */
public final class Permit {
  private final TargetHealth health;
  private final int generation;
  private final AtomicBoolean finished = new AtomicBoolean();

  Permit(TargetHealth health, int generation) {
    this.health = health;
    this.generation = generation;
  }

  /**
   * Ends the attempt.
   *
   * @param latencyNanos time to the answer's headers, or negative when there were none
   * @return whether this call was the one that ended it
   */
  public boolean finish(Outcome outcome, long latencyNanos) {
    boolean first = finished.compareAndSet(false, true);
    if (first) {
      health.finished(outcome, generation, latencyNanos);
    }
    return first;
  }
}
