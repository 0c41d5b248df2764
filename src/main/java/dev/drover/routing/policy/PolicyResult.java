package dev.drover.routing.policy;

import dev.drover.types.NanoDollars;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of the policies for one request. Immutable.
 *
 * @param policy the rule that decided, or null when none held
 * @param allowModels the only models that may be asked for, or null
 * @param allowTargets the only targets that may respond, or null
 * @param strategy the strategy to use in place of the model's, or null
 * @param maxCost the highest cost that the request may have, or null
 * @param maxAttempts the most targets that are tried
 * @param explain true when explanations are given to clients
 * @param cache true when responses may come from the cache and be stored there
 * @param traceContent true when prompts and responses may go into a trace
 * @param tags the tags for the record
 */
public record PolicyResult(
    @Nullable String policy,
    @Nullable Set<String> allowModels,
    Set<String> denyModels,
    @Nullable Set<String> allowTargets,
    Set<String> denyTargets,
    @Nullable String strategy,
    @Nullable NanoDollars maxCost,
    int maxAttempts,
    OnWishes wishes,
    boolean explain,
    boolean cache,
    boolean traceContent,
    Map<String, String> tags) {
  /** The treatment of a client's wishes for strategy and target. */
  public enum OnWishes {
    ALLOW,
    IGNORE,
    REFUSE
  }

  /** No rule held: everything is allowed, nothing is explained. */
  static final PolicyResult OPEN =
      new PolicyResult(
          null,
          null,
          Set.of(),
          null,
          Set.of(),
          null,
          null,
          Integer.MAX_VALUE,
          OnWishes.ALLOW,
          false,
          true,
          false,
          Map.of());

  /** Returns this result with the allowed targets restricted to {@code targets}. */
  public PolicyResult within(Set<String> targets) {
    Set<String> both = new HashSet<>(targets);
    if (allowTargets != null) {
      both.retainAll(allowTargets);
    }
    return new PolicyResult(
        policy,
        allowModels,
        denyModels,
        both,
        denyTargets,
        strategy,
        maxCost,
        maxAttempts,
        wishes,
        explain,
        cache,
        traceContent,
        tags);
  }

  public boolean allowsModel(String model) {
    return (allowModels == null || allowModels.contains(model)) && !denyModels.contains(model);
  }

  public boolean allowsTarget(String target) {
    return (allowTargets == null || allowTargets.contains(target)) && !denyTargets.contains(target);
  }
}
