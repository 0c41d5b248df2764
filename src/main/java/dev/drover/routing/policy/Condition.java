package dev.drover.routing.policy;

import dev.cel.runtime.CelEvaluationException;

/** A compiled condition. Immutable, thread-safe. */
@FunctionalInterface
interface Condition {
  /**
   * Returns whether the condition holds for a request.
   *
   * @throws CelEvaluationException when the condition cannot be evaluated for the request
   */
  boolean holds(Facts facts) throws CelEvaluationException;
}
