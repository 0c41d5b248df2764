package dev.drover.telemetry;

import dev.drover.types.HeldBytes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** Shows the memory that is held for requests under way, and its bound. */
public final class MemoryMeters {
  private MemoryMeters() {}

  /** Registers the gauges. */
  public static void register(MeterRegistry registry, HeldBytes held) {
    gauge(registry, Meters.HELD, held, HeldBytes::held);
    gauge(registry, Meters.HELD_LIMIT, held, HeldBytes::capacity);
  }

  private static void gauge(
      MeterRegistry registry, Meters meter, HeldBytes held, ToDoubleFunction<HeldBytes> value) {
    Gauge.builder(meter.meterName(), held, value)
        .baseUnit(meter.unit())
        .description(meter.meaning())
        .register(registry);
  }
}
