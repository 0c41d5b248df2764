package dev.drover.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ObjLongConsumer;

/** Counts spans by what became of them. Thread-safe. */
public final class TraceMeters implements ObjLongConsumer<String> {
  private final MeterRegistry registry;

  public TraceMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void accept(String result, long spans) {
    Counter.builder(Meters.SPANS.meterName())
        .baseUnit(Meters.SPANS.unit())
        .description(Meters.SPANS.meaning())
        .tags(Meters.SPANS.tags(result))
        .register(registry)
        .increment((double) spans);
  }
}
