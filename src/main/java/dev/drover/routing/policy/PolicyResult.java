package dev.drover.routing.policy;

import dev.drover.types.NanoDollars;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the policies say of one request. Immutable.
 *
 * @param policy the rule that decided, or null when none held
 * @param allowModels the only models that may be asked for, or null
 * @param allowTargets the only targets that may answer, or null
 * @param strategy in place of the model's, or null
 * @param maxCost what the request may cost, or null
 * @param maxAttempts targets tried at most
 * @param explain whether explanations are given to clients
 * @param cache whether answers may come from the cache and go there
 * @param traceContent whether what is said may go into a trace
 * @param tags words for the record
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
  /** What becomes of a client's wishes for strategy and target. */
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

  /** The same, with no other targets than these. */
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
