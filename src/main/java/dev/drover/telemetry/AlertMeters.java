package dev.drover.telemetry;

import dev.drover.alert.Alerts;
import dev.drover.alert.Rule;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of alerts. Thread-safe. */
public final class AlertMeters {
  private final MeterRegistry registry;

  public AlertMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Registers those that show a state. */
  public static void register(MeterRegistry registry, Alerts alerts) {
    for (Rule rule : Rule.values()) {
      Gauge.builder(Meters.ALERTS.meterName(), alerts, a -> (double) a.firing(rule.label()))
          .description(Meters.ALERTS.meaning())
          .tags(Meters.ALERTS.tags(rule.label()))
          .register(registry);
    }
  }

  /** A message was sent, or was not taken. */
  public void tried(String webhook, boolean delivered) {
    Counter.builder(Meters.ALERT_MESSAGES.meterName())
        .baseUnit(Meters.ALERT_MESSAGES.unit())
        .description(Meters.ALERT_MESSAGES.meaning())
        .tags(Meters.ALERT_MESSAGES.tags(webhook, delivered ? "delivered" : "refused"))
        .register(registry)
        .increment();
  }
}
