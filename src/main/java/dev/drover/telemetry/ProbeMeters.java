package dev.drover.telemetry;

import dev.drover.types.NanoDollars;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts active probes and what they cost. Thread-safe. */
public final class ProbeMeters {
  private final MeterRegistry registry;

  public ProbeMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * A probe has ended.
   *
   * @param outcome its label
   */
  public void probed(String target, String outcome, NanoDollars cost) {
    counter(Meters.PROBES, target, outcome).increment();
    counter(Meters.PROBE_COST, target).increment(cost.toUsd().doubleValue());
  }

  private Counter counter(Meters meter, String... labels) {
    return Counter.builder(meter.meterName())
        .baseUnit(meter.unit())
        .description(meter.meaning())
        .tags(meter.tags(labels))
        .register(registry);
  }
}
