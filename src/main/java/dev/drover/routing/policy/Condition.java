package dev.drover.routing.policy;

import dev.cel.runtime.CelEvaluationException;

/** A compiled condition. Immutable, thread-safe. */
@FunctionalInterface
interface Condition {
  /**
   * Whether it holds for a request.
   *
   * @throws CelEvaluationException when it has no answer
   */
  boolean holds(Facts facts) throws CelEvaluationException;
}
