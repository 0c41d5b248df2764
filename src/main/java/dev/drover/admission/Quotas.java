package dev.drover.admission;

import dev.drover.config.GatewayConfig;
import dev.drover.config.LimitsConfig;
import dev.drover.types.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All quotas by what they belong to. Outlives reloads; thread-safe. */
public final class Quotas {
  private final Map<String, Quota> byName = new ConcurrentHashMap<>();

  /** By the target's own name: it is asked for at each decision. */
  private volatile Map<String, Quota> ofTargets = Map.of();

  private final Ticker ticker;

  public Quotas(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Takes a config up. */
  public void configure(GatewayConfig config) {
    Map<String, LimitsConfig> limits = new HashMap<>();
    config.keys().forEach(c -> put(limits, key(c.id()), c.limits()));
    config.workloads().forEach(c -> put(limits, key(c.id()), c.limits()));
    config.teams().forEach((name, c) -> put(limits, team(name), c.limits()));
    config.models().forEach((name, c) -> put(limits, model(name), c.limits()));
    config.targets().forEach((name, c) -> put(limits, target(name), c.limits()));
    byName.forEach((name, quota) -> quota.configure(limits.get(name)));
    limits.forEach((name, c) -> quota(name).configure(c));
    Map<String, Quota> targets = new HashMap<>();
    config
        .targets()
        .forEach(
            (name, c) -> {
              if (c.limits() != null) {
                targets.put(name, quota(target(name)));
              }
            });
    ofTargets = Map.copyOf(targets);
  }

  private static void put(Map<String, LimitsConfig> limits, String name, @Nullable LimitsConfig c) {
    if (c != null) {
      limits.put(name, c);
    }
  }

  private Quota quota(String name) {
    return byName.computeIfAbsent(name, n -> new Quota(n, ticker));
  }

  /** The quota of a target, or null when it has none. */
  public @Nullable Quota ofTarget(String name) {
    return ofTargets.get(name);
  }

  /** Those that a request of a caller for a model has to pass. */
  List<Quota> of(Caller caller, String model) {
    List<Quota> found = new ArrayList<>(3);
    add(found, caller.id().isEmpty() ? null : byName.get(key(caller.id())));
    add(found, caller.team().isEmpty() ? null : byName.get(team(caller.team())));
    add(found, byName.get(model(model)));
    return found;
  }

  private static void add(List<Quota> found, @Nullable Quota quota) {
    if (quota != null) {
      found.add(quota);
    }
  }

  private static String key(String id) {
    return "key " + id;
  }

  private static String team(String name) {
    return "team " + name;
  }

  private static String model(String name) {
    return "model " + name;
  }

  private static String target(String name) {
    return "target " + name;
  }
}
