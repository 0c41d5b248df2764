package dev.drover.state.health;

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

  /** By model, operation and task. */
  private final Map<String, Map<String, Map<String, DecayingMean>>> outputTokens =
      new ConcurrentHashMap<>();

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

  /** Expected tokens of an answer: as learned of the task, else of the operation, else a guess. */
  public double outputTokens(String model, String operation, String task) {
    Map<String, Map<String, DecayingMean>> operations = outputTokens.get(model);
    Map<String, DecayingMean> tasks = operations == null ? null : operations.get(operation);
    if (tasks == null) {
      return OUTPUT_TOKENS;
    }
    DecayingMean own = tasks.get(task);
    DecayingMean known = own == null ? tasks.get(ANY) : own;
    return known == null ? OUTPUT_TOKENS : known.mean();
  }

  /** Takes in how many tokens an answer had. */
  public void answered(String model, String operation, String task, double tokens, long nowNanos) {
    Map<String, DecayingMean> tasks =
        outputTokens
            .computeIfAbsent(model, _ -> new ConcurrentHashMap<>())
            .computeIfAbsent(operation, _ -> new ConcurrentHashMap<>());
    double start = outputTokens(model, operation, task);
    tasks.computeIfAbsent(ANY, _ -> mean(OUTPUT_TOKENS)).add(tokens, nowNanos);
    tasks.computeIfAbsent(task, _ -> mean(start)).add(tokens, nowNanos);
  }

  private DecayingMean mean(double start) {
    return DecayingMean.from(start, MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos());
  }

  /** The learned means of a model, by {@code operation/task}; {@value #ANY} for all tasks. */
  public Map<String, Double> outputTokens(String model) {
    Map<String, Double> means = new TreeMap<>();
    outputTokens
        .getOrDefault(model, Map.of())
        .forEach(
            (operation, tasks) ->
                tasks.forEach((task, mean) -> means.put(operation + "/" + task, mean.mean())));
    return means;
  }

  /** Returns the health of all targets ever configured, ordered by name. */
  public Collection<TargetHealth> all() {
    return new TreeMap<>(targets).values();
  }
}
