package dev.drover.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a decision rests on, for records and explanations. Immutable.
 *
 * @param task the class of the request's task
 * @param strategy the strategy that ranked
 * @param policy the rule that decided, or null
 * @param tags words for the record
 * @param explain whether the client is told
 * @param traceContent whether what is said may go into a trace
 * @param notes what moved a target to the front, in words; empty when only the strategy did
 */
public record DecisionTrace(
    String task,
    String strategy,
    @Nullable String policy,
    Map<String, String> tags,
    boolean explain,
    boolean traceContent,
    String notes) {
  public DecisionTrace {
    tags = Map.copyOf(tags);
  }
}
