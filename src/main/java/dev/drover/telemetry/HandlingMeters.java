package dev.drover.telemetry;

import dev.drover.exchange.Stopwatch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** How long Drover takes itself, by phase. Thread-safe. */
public final class HandlingMeters implements Stopwatch {
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final MeterRegistry registry;

  public HandlingMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void took(String phase, long nanos) {
    Timer known = timers.get(phase);
    Timer timer =
        known != null
            ? known
            : timers.computeIfAbsent(
                phase, p -> ExchangeMeters.timer(registry, Meters.HANDLING, p));
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }
}
