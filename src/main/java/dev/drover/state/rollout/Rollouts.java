package dev.drover.state.rollout;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.RolloutConfig;
import dev.drover.state.rollout.RolloutState.Recent;
import dev.drover.state.rollout.RolloutState.Status;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The rollouts by model. Outlives reloads and, through its snapshot, restarts. Thread-safe. */
public final class Rollouts {
  private final Map<String, Rollout> byModel = new ConcurrentHashMap<>();

  /**
   * The stored states of present and earlier rollouts, so that one taken out and put back
   * continues.
   */
  private final Map<String, Object> kept = new ConcurrentHashMap<>();

  private final InstantSource wall;
  private final Rollout.Listener listener;

  /**
   * @param stored an earlier {@link #snapshot}, or an empty map
   */
  public Rollouts(Map<String, Object> stored, InstantSource wall, Rollout.Listener listener) {
    stored.forEach(
        (name, fields) -> {
          if (fields instanceof Map<?, ?>) {
            kept.put(name, fields);
          }
        });
    this.wall = wall;
    this.listener = listener;
  }

  /** Takes a config up: goes on with rollouts of the same target, begins new ones, drops others. */
  public void configure(GatewayConfig config) {
    all()
        .forEach(
            (model, rollout) -> {
              kept.put(name(model, rollout.settings()), snapshot(rollout));
              if (rollout(config, model) == null) {
                byModel.remove(model);
              }
            });
    config
        .models()
        .forEach(
            (model, c) -> {
              if (c.rollout() != null) {
                configure(model, RolloutSettings.compile(c.rollout()));
              }
            });
  }

  private static String name(String model, RolloutSettings settings) {
    return model + " -> " + settings.target();
  }

  private static @Nullable RolloutConfig rollout(GatewayConfig config, String model) {
    var found = config.models().get(model);
    return found == null ? null : found.rollout();
  }

  private void configure(String model, RolloutSettings settings) {
    Rollout known = byModel.get(model);
    if (known != null && known.settings().equals(settings)) {
      return;
    }
    RolloutState start =
        known != null && known.settings().target().equals(settings.target())
            ? known.state()
            : known(model, settings);
    byModel.put(model, new Rollout(model, settings, fitted(start, settings), wall, listener));
  }

  /** Stages may have been taken away. */
  private static RolloutState fitted(RolloutState s, RolloutSettings settings) {
    int last = settings.stages().size() - 1;
    return s.stage() <= last
        ? s
        : new RolloutState(
            s.status(),
            last,
            s.sinceMillis(),
            s.requests(),
            s.errors(),
            s.slow(),
            s.timeouts(),
            s.reason());
  }

  /** The rollout of a model, or null. */
  public @Nullable Rollout of(String model) {
    return byModel.get(model);
  }

  /** Returns all rollouts, by model. */
  public Map<String, Rollout> all() {
    return new TreeMap<>(byModel);
  }

  /** Returns the state to keep over a restart, as maps, text and numbers. */
  public Map<String, Object> snapshot() {
    Map<String, Object> all = new TreeMap<>(kept);
    all().forEach((model, rollout) -> all.put(name(model, rollout.settings()), snapshot(rollout)));
    return all;
  }

  private static Map<String, Object> snapshot(Rollout rollout) {
    RolloutState s = rollout.state();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("target", rollout.settings().target());
    fields.put("status", s.status().label());
    fields.put("stage", s.stage());
    fields.put("since_millis", s.sinceMillis());
    fields.put("requests", s.requests());
    fields.put("errors", s.errors());
    fields.put("slow", s.slow());
    fields.put("timeouts_high", s.timeouts().high());
    fields.put("timeouts_low", s.timeouts().low());
    fields.put("reason", s.reason());
    return fields;
  }

  private RolloutState known(String model, RolloutSettings settings) {
    RolloutState begun = RolloutState.at(Status.RUNNING, 0, wall.millis(), "begun");
    return kept.get(name(model, settings)) instanceof Map<?, ?> fields
        ? restored(fields, begun)
        : begun;
  }

  /** Returns the stored state, or {@code otherwise} when the stored status is unknown. */
  private static RolloutState restored(Map<?, ?> fields, RolloutState otherwise) {
    for (Status status : Status.values()) {
      if (status.label().equals(fields.get("status"))) {
        return new RolloutState(
            status,
            (int) Math.max(0, number(fields, "stage")),
            number(fields, "since_millis"),
            number(fields, "requests"),
            number(fields, "errors"),
            number(fields, "slow"),
            new Recent(number(fields, "timeouts_high"), number(fields, "timeouts_low")),
            String.valueOf(fields.get("reason")));
      }
    }
    return otherwise;
  }

  private static long number(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
