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
  private static final String ANY = "any";

  private record Kind(String model, String name) {}

  private final Map<Kind, DecayingMean> outputTokens = new ConcurrentHashMap<>();
  private final Ticker ticker;

  public HealthRegistry(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The health of a target, with these settings from now on. */
  public TargetHealth configure(String target, HealthSettings settings) {
    TargetHealth health =
        targets.computeIfAbsent(target, name -> new TargetHealth(name, settings, ticker));
    health.configure(settings);
    return health;
  }

  /**
   * Expected tokens of an answer.
   *
   * @param kind operation and task class, such as {@code chat/code}
   */
  public double outputTokens(String model, String kind) {
    DecayingMean own = outputTokens.get(new Kind(model, kind));
    if (own != null) {
      return own.mean();
    }
    DecayingMean all = outputTokens.get(new Kind(model, ANY));
    return all == null ? OUTPUT_TOKENS : all.mean();
  }

  /** Takes in how many tokens an answer had. */
  public void answered(String model, String kind, double tokens, long nowNanos) {
    mean(new Kind(model, ANY), OUTPUT_TOKENS).add(tokens, nowNanos);
    mean(new Kind(model, kind), outputTokens(model, kind)).add(tokens, nowNanos);
  }

  private DecayingMean mean(Kind kind, double start) {
    return outputTokens.computeIfAbsent(
        kind, _ -> DecayingMean.from(start, MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos()));
  }

  /** The learned means of a model, by kind; {@value #ANY} for all of them. */
  public Map<String, Double> outputTokens(String model) {
    Map<String, Double> means = new TreeMap<>();
    outputTokens.forEach(
        (kind, mean) -> {
          if (kind.model.equals(model)) {
            means.put(kind.name, mean.mean());
          }
        });
    return means;
  }

  /** All targets ever configured, by name. */
  public Collection<TargetHealth> all() {
    return new TreeMap<>(targets).values();
  }
}
