package dev.drover.state.health;

import dev.drover.config.schema.HealthConfig;
import dev.drover.record.Outcome;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings by which the health of one target is judged. Immutable.
 *
 * @param panic whether the target is asked although it is ill, when no other is well
 * @param trialEveryNanos the time between two trials of a target that rests, in nanoseconds
 * @param coolDownNanos the rest after a 429 that names no time, in nanoseconds
 * @param keyRestNanos the rest of a key that was rejected, in nanoseconds
 * @param statuses the outcomes of HTTP statuses where they differ from {@link Outcome#ofStatus}
 * @param latencySamples the number of latencies that percentiles are taken over
 * @param probe the settings for probing the target without traffic
 */
public record HealthSettings(
    BreakerSettings breaker,
    boolean panic,
    long trialEveryNanos,
    long coolDownNanos,
    long keyRestNanos,
    Map<Integer, Outcome> statuses,
    int latencySamples,
    Probing probe) {
  /**
   * The settings for probing a target that has no traffic.
   *
   * @param on true when the target is probed
   * @param completion true to ask for a completion of one token, false to ask for the list of
   *     models
   * @param everyNanos the time without traffic after which a probe is due, in nanoseconds
   */
  public record Probing(boolean on, boolean completion, long everyNanos) {}

  public HealthSettings {
    statuses = Map.copyOf(statuses);
  }

  public static HealthSettings compile(HealthConfig c) {
    return new HealthSettings(
        BreakerSettings.compile(c),
        c.panic(),
        c.trialEvery().toNanos(),
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
