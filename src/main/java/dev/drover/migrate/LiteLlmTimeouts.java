package dev.drover.migrate;

import dev.drover.config.bind.Scalars;
import dev.drover.config.schema.KeySpec;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.TargetConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The times that targets and models may take. A model's is longer than that of each of its targets,
 * so that a silent one leaves room for another attempt. Confined to one file.
 */
final class LiteLlmTimeouts {
  private static final Bounds BOUNDS = Bounds.of(ModelConfig.class, "timeout");
  private static final Duration LONGEST = Scalars.duration(BOUNDS.most()).orElseThrow();
  private static final Duration USUAL_TARGET = usual(TargetConfig.class);
  private static final Duration USUAL_MODEL = usual(ModelConfig.class);
  private static final int USUAL_ATTEMPTS =
      Integer.parseInt(KeySpec.fallback(ModelConfig.class, "max_attempts"));

  private final Map<String, Duration> times;
  private final @Nullable Duration whole;
  private final Notes notes;

  /**
   * @param own the timeouts of targets that have one
   */
  LiteLlmTimeouts(LiteLlmSettings settings, Map<String, Duration> own, Values values, Notes notes) {
    this.times = new LinkedHashMap<>(own);
    this.notes = notes;
    LiteLlmSettings.@Nullable Setting given = settings.first("timeout", "request_timeout");
    this.whole = given == null ? null : values.seconds(given.path(), given.value(), BOUNDS);
  }

  private static Duration usual(Class<?> record) {
    return Scalars.duration(KeySpec.fallback(record, "timeout")).orElseThrow();
  }

  /** Puts the timeouts into targets and models. */
  void put(Map<String, Object> targets, Map<String, Object> models) {
    if (whole == null && !times.keySet().containsAll(targets.keySet())) {
      notes.add(
          "timeout: none given: LiteLLM waits 6000 s, Drover %s for a target and %s for all attempts"
              .formatted(Values.shown(USUAL_TARGET), Values.shown(USUAL_MODEL)));
    }
    for (Map.Entry<String, Object> model : models.entrySet()) {
      Map<String, Object> fields = Trees.map(model.getValue());
      List<String> tried = Trees.texts(fields.get("targets"));
      Duration all = ofAll(fields, tried);
      if (whole != null || !all.equals(USUAL_MODEL)) {
        fields.put("timeout", Values.shown(all));
      }
      if (tried.size() > 1) {
        tried.forEach(target -> shorten(target, all));
      } else if (whole != null) {
        times.putIfAbsent(tried.getFirst(), all);
      }
    }
    times.forEach(
        (target, time) -> Trees.map(targets.get(target)).put("timeout", Values.shown(time)));
  }

  /** Returns the time of all attempts at a model together. */
  private Duration ofAll(Map<String, Object> model, List<String> tried) {
    if (whole != null && tried.size() > 1) {
      return whole;
    }
    if (tried.size() == 1) {
      return longer(time(tried.getFirst()), whole == null ? USUAL_MODEL : whole);
    }
    int attempts = model.get("max_attempts") instanceof Integer n ? n : USUAL_ATTEMPTS;
    Duration longest = tried.stream().map(this::time).max(Duration::compareTo).orElseThrow();
    Duration sum = longest.multipliedBy(Math.clamp(attempts, 2, tried.size()));
    Duration bound = sum.compareTo(LONGEST) > 0 ? LONGEST : sum;
    return longest.compareTo(USUAL_TARGET) > 0 ? longer(bound, USUAL_MODEL) : USUAL_MODEL;
  }

  private Duration time(String target) {
    return times.getOrDefault(target, whole == null ? USUAL_TARGET : whole);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * Leaves room for a second attempt: there the time is that of each call, here that of all
   * attempts together.
   */
  private void shorten(String target, Duration all) {
    if (time(target).compareTo(all) >= 0) {
      Duration half = all.dividedBy(2);
      notes.add(
          "targets.%s.timeout: %s of %s for all attempts together"
              .formatted(target, Values.shown(half), Values.shown(all)));
      times.put(target, half);
    }
  }
}
