package dev.drover.telemetry;

import dev.drover.exchange.account.Stopwatch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Records the time that Drover itself takes per message, by phase. Thread-safe. */
public final class HandlingMeters implements Stopwatch {
  private final ClassValue<Timer> timers;

  public HandlingMeters(MeterRegistry registry) {
    this.timers =
        new ClassValue<>() {
          @Override
          protected Timer computeValue(Class<?> phase) {
            String name =
                phase.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
            return ExchangeMeters.timer(registry, Meters.HANDLING, name);
          }
        };
  }

  @Override
  public void took(Class<?> phase, long nanos) {
    timers.get(phase).record(nanos, TimeUnit.NANOSECONDS);
  }
}
