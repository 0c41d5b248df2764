package dev.drover.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The basis of a decision, for records and explanations. Immutable.
 *
 * @param task the task class of the request
 * @param strategy the strategy that ranked
 * @param policy the policy that decided, or null
 * @param tags the tags that the policy gives to the record
 * @param explain true when the client is told the decision
 * @param traceContent true when prompts and responses may go into a trace
 * @param notes the reasons that moved a target to the front, in words; empty when only the strategy
 *     did
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
