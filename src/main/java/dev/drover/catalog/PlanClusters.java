package dev.drover.catalog;

import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

  /** The plans that begin like this one. */
  private static final class Node {
    final @Nullable Plan plan;
    final @Nullable Node[] next;

    Node(@Nullable Plan plan, int targets) {
      this.plan = plan;
      this.next = new @Nullable Node[targets];
    }
  }

  private final Map<String, PlanCluster> byName = new LinkedHashMap<>();
  private final List<Target> targets;
  private final Node root;
  private final boolean everyOrder;
  private final int attempts;
  private final String model;

  /**
   * @param attempts targets tried at most, at least 1
   */
  PlanClusters(String model, List<Target> targets, int attempts) {
    this.model = model;
    this.targets = List.copyOf(targets);
    this.root = new Node(null, targets.size());
    this.attempts = Math.min(attempts, targets.size());
    this.everyOrder = count(targets.size(), this.attempts) <= MOST;
    if (everyOrder) {
      addOrders(root, new ArrayList<>());
    } else {
      targets.forEach(first -> add(startingWith(first, targets)));
    }
  }

  /** Targets tried at most. */
  public int attempts() {
    return attempts;
  }

  /** Returns all plan clusters of the model, in a stable order. */
  public List<PlanCluster> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The plan for a ranking: the targets to try, in order, and the cluster that tries them so.
   *
   * @param ranked the places, in the model's order, of the targets fit for a request, best first
   * @param count how many there are, at least one
   */
  public Plan plan(int[] ranked, int count) {
    return everyOrder ? exactly(ranked, count) : beginningAt(ranked, count);
  }

  private Plan exactly(int[] ranked, int count) {
    Node node = root;
    for (int i = 0; i < Math.min(attempts, count) && node != null; i++) {
      node = node.next[ranked[i]];
    }
    if (node == null || node.plan == null) {
      throw new IllegalArgumentException("ranking: of no plan (expected: each target once)");
    }
    return node.plan;
  }

  /** The cluster's order is fixed: it is followed as far as its targets are fit. */
  private Plan beginningAt(int[] ranked, int count) {
    PlanCluster cluster = startingAt(targets.get(ranked[0]));
    int usable = 1;
    while (usable < cluster.targets().size()
        && contains(ranked, count, targets.indexOf(cluster.targets().get(usable)))) {
      usable++;
    }
    return new Plan(cluster.name(), cluster.targets().subList(0, usable));
  }

  private static boolean contains(int[] ranked, int count, int index) {
    for (int i = 0; i < count; i++) {
      if (ranked[i] == index) {
        return true;
      }
    }
    return false;
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

  private void addOrders(Node node, List<Target> chosen) {
    if (chosen.size() == attempts) {
      return;
    }
    for (int i = 0; i < targets.size(); i++) {
      if (!chosen.contains(targets.get(i))) {
        List<Target> longer = new ArrayList<>(chosen);
        longer.add(targets.get(i));
        add(longer);
        Node child = new Node(new Plan(name(longer), longer), targets.size());
        node.next[i] = child;
        addOrders(child, longer);
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
        .map(Target::id)
        .collect(Collectors.joining("|", Wire.PLAN_PREFIX + model + "|", ""));
  }
}
