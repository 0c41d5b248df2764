package dev.drover.record;

import java.util.Map;

/** Tells where a request was sent and why, as values of JSON, to whoever reads records. */
@FunctionalInterface
public interface DecisionSummary {
  /** Returns the decision as named values; made when asked for. */
  Map<String, Object> fields();
}
