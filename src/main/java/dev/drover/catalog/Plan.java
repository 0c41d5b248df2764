package dev.drover.catalog;

import java.util.List;

/**
 * The targets to try for one request, and the Envoy cluster that does.
 *
 * @param cluster the plan cluster's name
 * @param targets the primary, then the fallbacks; at least one
 */
public record Plan(String cluster, List<Target> targets) {
  public Plan {
    targets = List.copyOf(targets);
  }

  public Target primary() {
    return targets.getFirst();
  }

  /** Returns this plan with at most {@code attempts} targets. */
  public Plan atMost(int attempts) {
    return attempts >= targets.size() ? this : new Plan(cluster, targets.subList(0, attempts));
  }

  /** The longest time that an attempt at one of the targets may take. */
  public long perTryTimeoutMillis() {
    long longest = 0;
    for (Target target : targets) {
      longest = Math.max(longest, target.timeoutMillis());
    }
    return longest;
  }
}
