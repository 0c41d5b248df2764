package dev.drover.admission;

import dev.drover.config.schema.BudgetConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.Caller;
import java.time.DateTimeException;
import java.time.Duration;
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
 * Holds all budgets by their owner. Outlives reloads and, through its snapshot, restarts. A restart
 * frees what was reserved and keeps what was spent. Thread-safe.
 */
public final class Budgets {
  private final Map<String, Budget> byName = new ConcurrentHashMap<>();

  /** Longer than any window. */
  private static final Duration LONGEST = Duration.ofDays(400);

  private final Map<String, Object> stored;
  private final InstantSource wall;
  private volatile Map<Owner, List<Budget>> byOwner = Map.of();

  /**
   * @param stored an earlier {@link #snapshot}, or an empty map
   */
  public Budgets(Map<String, Object> stored, InstantSource wall) {
    this.stored = stored;
    this.wall = wall;
  }

  /** Takes a config up: budgets of the same owner, unit, time and zone keep what is spent. */
  public void configure(GatewayConfig config) {
    Map<Owner, List<Budget>> owners = new HashMap<>();
    config.keys().forEach(c -> owners.put(Owner.key(c.id()), all(Owner.key(c.id()), c.budgets())));
    config
        .workloads()
        .forEach(c -> owners.put(Owner.key(c.id()), all(Owner.key(c.id()), c.budgets())));
    config.teams().forEach((n, c) -> owners.put(Owner.team(n), all(Owner.team(n), c.budgets())));
    config
        .projects()
        .forEach((n, c) -> owners.put(Owner.project(n), all(Owner.project(n), c.budgets())));
    config.tags().forEach((n, c) -> owners.put(Owner.tag(n), all(Owner.tag(n), c.budgets())));
    config.models().forEach((n, c) -> owners.put(Owner.model(n), all(Owner.model(n), c.budgets())));
    byOwner = Map.copyOf(owners);
  }

  private List<Budget> all(Owner owner, List<BudgetConfig> configs) {
    List<Budget> budgets = new ArrayList<>();
    for (BudgetConfig c : configs) {
      Budget budget = byName.computeIfAbsent(Budget.name(owner, c), _ -> restored(owner, c));
      budget.configure(c);
      budgets.add(budget);
    }
    return List.copyOf(budgets);
  }

  private Budget restored(Owner owner, BudgetConfig c) {
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

  /**
   * Takes up what is on record as spent, of whatever budget that is more than is known here: after
   * a restart, for a budget that is new in the midst of its time, or from other Drovers on the same
   * record. Blocks as long as the record does.
   *
   * @return whether the record could be asked for all of them
   */
  public boolean rebuild(Spending spending) {
    for (Budget budget : all()) {
      Instant now = wall.instant();
      List<Instant> starts = budget.starts(now);
      List<Long> since = new ArrayList<>();
      for (Instant start : starts) {
        Long spent = spending.since(budget.owner(), budget.money(), start);
        if (spent == null) {
          return false;
        }
        since.add(spent);
      }
      budget.restore(starts, since, now);
    }
    return true;
  }

  /** Returns the budgets that a request draws on. */
  List<Budget> of(AdmissionRequest request) {
    Caller caller = request.caller();
    Map<Owner, List<Budget>> owners = byOwner;
    List<Budget> found = new ArrayList<>(2);
    if (caller.named()) {
      found.addAll(owners.getOrDefault(Owner.key(caller.id()), List.of()));
    }
    found.addAll(owners.getOrDefault(Owner.team(caller.team()), List.of()));
    found.addAll(owners.getOrDefault(Owner.project(caller.project()), List.of()));
    found.addAll(owners.getOrDefault(Owner.model(request.model()), List.of()));
    for (Map.Entry<String, String> tag : request.tags().entrySet()) {
      found.addAll(owners.getOrDefault(Owner.tag(tag.getKey() + "=" + tag.getValue()), List.of()));
    }
    return found;
  }

  /** Returns all budgets in force, ordered by name. */
  public List<Budget> all() {
    Map<String, Budget> all = new TreeMap<>();
    byOwner.values().forEach(list -> list.forEach(budget -> all.put(budget.name(), budget)));
    return List.copyOf(all.values());
  }

  /** Returns whether a budget that no config has any more is of a window that is over. */
  private static boolean forgotten(Object fields, Instant now) {
    try {
      return fields instanceof Map<?, ?> map
          && Instant.parse(String.valueOf(map.get("window"))).plus(LONGEST).isBefore(now);
    } catch (DateTimeException _) {
      return true; // nothing that makes sense was stored
    }
  }

  /**
   * Returns the state to keep over a restart, as maps, text and numbers. Budgets that were taken
   * out of the config are included, as long as their window may last.
   */
  public Map<String, Object> snapshot() {
    Instant now = wall.instant();
    Map<String, Object> all = new TreeMap<>(stored);
    all.values().removeIf(fields -> forgotten(fields, now));
    for (Budget budget : byName.values()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("window", budget.start(now).toString());
      fields.put("spent", budget.spent(now));
      all.put(budget.name(), fields);
    }
    return all;
  }
}
