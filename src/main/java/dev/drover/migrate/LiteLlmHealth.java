package dev.drover.migrate;

import dev.drover.config.schema.HealthConfig;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings for deployments that fail. Confined to one file. */
final class LiteLlmHealth {
  private final LiteLlmSettings settings;
  private final Values values;
  private final Notes notes;

  LiteLlmHealth(LiteLlmSettings settings, Values values, Notes notes) {
    this.settings = settings;
    this.values = values;
    this.notes = notes;
  }

  /** Returns them as they stand in Drover's config. */
  Map<String, Object> section() {
    Map<String, Object> health = new LinkedHashMap<>();
    Integer failures = failures();
    if (failures != null) {
      health.put("failures_in_row", failures);
    }
    LiteLlmSettings.@Nullable Setting cooldown = settings.router("cooldown_time");
    Duration rest =
        cooldown == null
            ? null
            : values.seconds(
                cooldown.path(), cooldown.value(), Bounds.of(HealthConfig.class, "open_for"));
    if (rest != null) {
      health.put("open_for", Values.shown(rest));
      health.put("open_at_most", Values.shown(rest)); // it never grows in LiteLLM
    }
    return health;
  }

  private @Nullable Integer failures() {
    LiteLlmSettings.@Nullable Setting fails = settings.first("allowed_fails", "allowed_fails");
    BigDecimal allowed = fails == null ? null : values.number(fails.path(), fails.value());
    if (fails == null || allowed == null) {
      return null;
    }
    if (allowed.signum() < 0) {
      notes.leftOut(fails.path(), fails.value(), "0 or more");
      return null;
    }
    BigDecimal failures = allowed.setScale(0, RoundingMode.DOWN).add(BigDecimal.ONE);
    BigDecimal most = Bounds.of(HealthConfig.class, "failures_in_row").largest();
    if (failures.compareTo(most) > 0) {
      BigDecimal used = most.subtract(BigDecimal.ONE);
      notes.instead(fails.path(), fails.value(), used, "at most " + used);
    }
    return failures.min(most).intValueExact();
  }
}
