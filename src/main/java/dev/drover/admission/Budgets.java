package dev.drover.admission;

import dev.drover.config.BudgetConfig;
import dev.drover.config.GatewayConfig;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All budgets by whom they belong to. Outlives reloads and, through its snapshot, restarts: what
 * was reserved then is free, what was spent is not. Thread-safe.
 */
public final class Budgets {
  private final Map<String, Budget> byName = new ConcurrentHashMap<>();
  private final Map<String, Object> stored;
  private final InstantSource wall;
  private volatile Map<String, List<Budget>> byOwner = Map.of();

  /**
   * @param stored an earlier {@link #snapshot}, or an empty map
   */
  public Budgets(Map<String, Object> stored, InstantSource wall) {
    this.stored = stored;
    this.wall = wall;
  }

  /** Takes a config up: budgets of the same owner, unit, time and zone keep what is spent. */
  public void configure(GatewayConfig config) {
    Map<String, List<Budget>> owners = new HashMap<>();
    config.keys().forEach(c -> owners.put("key " + c.id(), all("key " + c.id(), c.budgets())));
    config.workloads().forEach(c -> owners.put("key " + c.id(), all("key " + c.id(), c.budgets())));
    config.teams().forEach((n, c) -> owners.put("team " + n, all("team " + n, c.budgets())));
    config.models().forEach((n, c) -> owners.put("model " + n, all("model " + n, c.budgets())));
    byOwner = Map.copyOf(owners);
  }

  private List<Budget> all(String owner, List<BudgetConfig> configs) {
    List<Budget> budgets = new ArrayList<>();
    for (BudgetConfig c : configs) {
      Budget budget = byName.computeIfAbsent(Budget.name(owner, c), _ -> restored(owner, c));
      budget.configure(c);
      budgets.add(budget);
    }
    return List.copyOf(budgets);
  }

  private Budget restored(String owner, BudgetConfig c) {
    Instant now = wall.instant();
    Budget budget = new Budget(owner, c, now);
    if (stored.get(budget.name()) instanceof Map<?, ?> fields
        && fields.get("spent") instanceof Number spent) {
      try {
        budget.restore(Instant.parse(String.valueOf(fields.get("window"))), spent.longValue(), now);
      } catch (DateTimeException _) {
        return budget; // nothing that makes sense was stored
      }
    }
    return budget;
  }

  /** Those that a request of a caller for a model draws on. */
  List<Budget> of(Caller caller, String model) {
    Map<String, List<Budget>> owners = byOwner;
    List<Budget> found = new ArrayList<>(2);
    found.addAll(owners.getOrDefault("key " + caller.id(), List.of()));
    found.addAll(owners.getOrDefault("team " + caller.team(), List.of()));
    found.addAll(owners.getOrDefault("model " + model, List.of()));
    return found;
  }

  /** All in force, by name. */
  public List<Budget> all() {
    Map<String, Budget> all = new TreeMap<>();
    byOwner.values().forEach(list -> list.forEach(budget -> all.put(budget.name(), budget)));
    return List.copyOf(all.values());
  }

  /** What is to be kept over a restart, of budgets that were taken out too: maps, text, numbers. */
  public Map<String, Object> snapshot() {
    Instant now = wall.instant();
    Map<String, Object> all = new TreeMap<>(stored);
    for (Budget budget : byName.values()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("window", budget.start(now).toString());
      fields.put("spent", budget.spent(now));
      all.put(budget.name(), fields);
    }
    return all;
  }
}
