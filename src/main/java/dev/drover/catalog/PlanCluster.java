package dev.drover.catalog;

import java.util.List;

/**
 * An Envoy cluster whose endpoint priorities follow a plan.
 *
 * @param name the cluster's name, as in {@code x-drover-plan}
 * @param targets the target of each priority, from 0
 */
public record PlanCluster(String name, List<Target> targets) {
  public PlanCluster {
    targets = List.copyOf(targets);
  }
}
