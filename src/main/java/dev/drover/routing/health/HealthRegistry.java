package dev.drover.routing.health;

import dev.drover.types.Ticker;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The history of every target and model seen, by name. Thread-safe; a reload changes settings,
 * never history.
 */
public final class HealthRegistry {
  private static final double OUTPUT_TOKENS = 300;
  private static final double MAX_WEIGHT = 1000;
  private static final long HALF_LIFE_NANOS = TimeUnit.MINUTES.toNanos(30);

  private final Map<String, TargetHealth> targets = new ConcurrentHashMap<>();
  private final Map<String, DecayingMean> outputTokens = new ConcurrentHashMap<>();
  private final Ticker ticker;

  public HealthRegistry(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The health of a target, with these settings from now on. */
  public TargetHealth configure(String target, BreakerSettings settings) {
    TargetHealth health =
        targets.computeIfAbsent(target, name -> new TargetHealth(name, settings, ticker));
    health.configure(settings);
    return health;
  }

  /** Learned tokens per answer of a model's operation. */
  public DecayingMean outputTokens(String model, String operation) {
    return outputTokens.computeIfAbsent(
        model + '\n' + operation,
        _ -> DecayingMean.from(OUTPUT_TOKENS, MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos()));
  }

  /** All targets ever configured, by name. */
  public Collection<TargetHealth> all() {
    return new TreeMap<>(targets).values();
  }
}
