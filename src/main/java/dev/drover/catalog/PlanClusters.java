package dev.drover.catalog;

import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The plan clusters of one model: the one place that knows which exist and what they are called,
 * for the router that names one and for the renderer that writes them all. Immutable.
 *
 * <p>Every ordered choice of 1 to {@code attempts} targets gets a cluster while that makes at most
 * {@value #MOST}. Beyond that there is one cluster per first target, followed by the others in
 * order of preference.
 */
public final class PlanClusters {
  private static final int MOST = 64;

  private final Map<String, PlanCluster> byName = new LinkedHashMap<>();
  private final boolean everyOrder;
  private final int attempts;
  private final String model;

  /**
   * @param attempts targets tried at most, at least 1
   */
  PlanClusters(String model, List<Target> targets, int attempts) {
    this.model = model;
    this.attempts = Math.min(attempts, targets.size());
    this.everyOrder = count(targets.size(), this.attempts) <= MOST;
    if (everyOrder) {
      addOrders(targets, new ArrayList<>());
    } else {
      targets.forEach(first -> add(startingWith(first, targets)));
    }
  }

  /** All of them, in a stable order. */
  public List<PlanCluster> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The plan for a ranking: the targets to try, in order, and the cluster that tries them so.
   *
   * @param ranked the targets fit for a request, best first, at least one
   */
  public Plan plan(List<Target> ranked) {
    if (everyOrder) {
      List<Target> tried = ranked.subList(0, Math.min(attempts, ranked.size()));
      return new Plan(name(tried), tried);
    }
    PlanCluster cluster = startingAt(ranked.getFirst());
    int usable = 1;
    while (usable < cluster.targets().size() && ranked.contains(cluster.targets().get(usable))) {
      usable++;
    }
    return new Plan(cluster.name(), cluster.targets().subList(0, usable));
  }

  private PlanCluster startingAt(Target first) {
    return byName.values().stream()
        .filter(cluster -> cluster.targets().getFirst().equals(first))
        .findFirst()
        .orElseThrow();
  }

  private static long count(int targets, int attempts) {
    long count = 0;
    long orders = 1;
    for (int k = 0; k < attempts; k++) {
      orders *= targets - k;
      count += orders;
    }
    return count;
  }

  private void addOrders(List<Target> targets, List<Target> chosen) {
    if (!chosen.isEmpty()) {
      add(chosen);
    }
    if (chosen.size() < attempts) {
      for (Target next : targets) {
        if (!chosen.contains(next)) {
          List<Target> longer = new ArrayList<>(chosen);
          longer.add(next);
          addOrders(targets, longer);
        }
      }
    }
  }

  private List<Target> startingWith(Target first, List<Target> targets) {
    List<Target> order = new ArrayList<>(List.of(first));
    targets.stream().filter(target -> !target.equals(first)).forEach(order::add);
    return order.subList(0, attempts);
  }

  private void add(List<Target> targets) {
    byName.put(name(targets), new PlanCluster(name(targets), targets));
  }

  private String name(List<Target> targets) {
    return targets.stream()
        .map(Target::name)
        .collect(Collectors.joining("|", Wire.PLAN_PREFIX + model + "|", ""));
  }
}
