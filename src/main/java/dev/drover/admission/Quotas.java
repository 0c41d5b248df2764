package dev.drover.admission;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.LimitsConfig;
import dev.drover.record.Caller;
import dev.drover.types.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Holds all quotas by their owner. Outlives reloads; thread-safe. */
public final class Quotas {
  private final Map<Owner, Quota> byOwner = new ConcurrentHashMap<>();

  /** By the target's own name: it is asked for at each decision. */
  private volatile Map<String, Quota> ofTargets = Map.of();

  private final Ticker ticker;

  public Quotas(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Takes a config up. */
  public void configure(GatewayConfig config) {
    Map<Owner, LimitsConfig> limits = new HashMap<>();
    config.keys().forEach(c -> put(limits, Owner.key(c.id()), c.limits()));
    config.workloads().forEach(c -> put(limits, Owner.key(c.id()), c.limits()));
    config.teams().forEach((name, c) -> put(limits, Owner.team(name), c.limits()));
    config.projects().forEach((name, c) -> put(limits, Owner.project(name), c.limits()));
    config.models().forEach((name, c) -> put(limits, Owner.model(name), c.limits()));
    config.targets().forEach((name, c) -> put(limits, Owner.target(name), c.limits()));
    byOwner.forEach((owner, quota) -> quota.configure(limits.get(owner)));
    limits.forEach((owner, c) -> quota(owner).configure(c));
    Map<String, Quota> targets = new HashMap<>();
    config
        .targets()
        .forEach(
            (name, c) -> {
              if (c.limits() != null) {
                targets.put(name, quota(Owner.target(name)));
              }
            });
    ofTargets = Map.copyOf(targets);
  }

  private static void put(Map<Owner, LimitsConfig> limits, Owner owner, @Nullable LimitsConfig c) {
    if (c != null) {
      limits.put(owner, c);
    }
  }

  private Quota quota(Owner owner) {
    return byOwner.computeIfAbsent(owner, o -> new Quota(o.toString(), ticker));
  }

  /** Returns the quotas of all targets that have one. */
  public Collection<Quota> ofTargets() {
    return ofTargets.values();
  }

  /** Returns all quotas that were ever configured. */
  public Collection<Quota> all() {
    return byOwner.values();
  }

  /** The quota of a target, or null when it has none. */
  public @Nullable Quota ofTarget(String name) {
    return ofTargets.get(name);
  }

  /** Returns the quotas that a request of a caller for a model must pass. */
  List<Quota> of(Caller caller, String model) {
    List<Quota> found = new ArrayList<>(3);
    add(found, caller.named() ? byOwner.get(Owner.key(caller.id())) : null);
    add(found, caller.team().isEmpty() ? null : byOwner.get(Owner.team(caller.team())));
    add(found, caller.project().isEmpty() ? null : byOwner.get(Owner.project(caller.project())));
    add(found, byOwner.get(Owner.model(model)));
    return found;
  }

  private static void add(List<Quota> found, @Nullable Quota quota) {
    if (quota != null) {
      found.add(quota);
    }
  }
}
