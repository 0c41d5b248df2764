package dev.drover.state.health;

import dev.drover.config.schema.HealthConfig;
import dev.drover.record.Outcome;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How one target's health is judged. Immutable.
 *
 * @param coolDownNanos rest after a 429 that names no time
 * @param keyRestNanos rest of a key that was rejected
 * @param statuses what HTTP statuses mean where that differs from {@link Outcome#ofStatus}
 * @param latencySamples latencies that percentiles are taken over
 * @param probe how it is watched without traffic
 */
public record HealthSettings(
    BreakerSettings breaker,
    long coolDownNanos,
    long keyRestNanos,
    Map<Integer, Outcome> statuses,
    int latencySamples,
    Probing probe) {
  /**
   * How a target is watched that has no traffic.
   *
   * @param on whether it is
   * @param completion whether by a completion of one token, else by the list of models
   * @param everyNanos time without traffic after which a probe is due
   */
  public record Probing(boolean on, boolean completion, long everyNanos) {}

  public HealthSettings {
    statuses = Map.copyOf(statuses);
  }

  public static HealthSettings compile(HealthConfig c) {
    return new HealthSettings(
        BreakerSettings.compile(c),
        c.coolDown().toNanos(),
        c.keyRest().toNanos(),
        c.statuses().entrySet().stream()
            .collect(
                Collectors.toMap(
                    status -> Integer.valueOf(status.getKey()),
                    status -> Outcome.valueOf(status.getValue().toUpperCase(Locale.ROOT)))),
        c.latencySamples(),
        new Probing(
            !c.probe().equals("none"), c.probe().equals("completion"), c.probeEvery().toNanos()));
  }

  /** The outcome that a final HTTP status means at this target. */
  public Outcome outcome(int status) {
    return statuses.getOrDefault(status, Outcome.ofStatus(status));
  }
}
