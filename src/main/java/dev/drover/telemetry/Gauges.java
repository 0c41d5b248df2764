package dev.drover.telemetry;

import dev.drover.exchange.Journeys;
import dev.drover.routing.Memory;
import dev.drover.routing.health.Breaker;
import dev.drover.routing.health.TargetHealth;
import dev.drover.routing.rollout.Rollout;
import dev.drover.types.Ticker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import java.util.function.Supplier;

/** The meters that show a state. Thread-safe. */
public final class Gauges {
  private final MultiGauge breakers;
  private final MultiGauge rollouts;
  private final Memory memory;
  private final Ticker ticker;

  /**
   * Registers the gauges.
   *
   * @param version the version of the ruleset in force
   * @param reloadFailed whether the config file is broken
   */
  public Gauges(
      MeterRegistry registry,
      Journeys journeys,
      Memory memory,
      Ticker ticker,
      Supplier<Number> version,
      Supplier<Boolean> reloadFailed) {
    this.memory = memory;
    this.ticker = ticker;
    this.breakers =
        MultiGauge.builder(Meters.BREAKER.meterName())
            .description(Meters.BREAKER.meaning())
            .register(registry);
    this.rollouts =
        MultiGauge.builder(Meters.ROLLOUT.meterName())
            .description(Meters.ROLLOUT.meaning())
            .register(registry);
    gauge(registry, Meters.IN_FLIGHT, journeys::size);
    gauge(registry, Meters.RULESET, version);
    gauge(registry, Meters.RELOAD_FAILED, () -> reloadFailed.get() ? 1 : 0);
    targetsChanged();
  }

  /** Takes up targets that a reload has brought. */
  public void targetsChanged() {
    breakers.register(
        memory.health().all().stream()
            .map(
                target ->
                    MultiGauge.Row.of(Meters.BREAKER.tags(target.target()), target, this::state))
            .toList(),
        true);
    rollouts.register(
        memory.rollouts().all().entrySet().stream()
            .map(
                entry ->
                    MultiGauge.Row.of(
                        Meters.ROLLOUT.tags(entry.getKey()), entry.getValue(), Rollout::percent))
            .toList(),
        true);
  }

  private double state(TargetHealth target) {
    Breaker.Kind kind = target.breaker().kind(ticker.nanos());
    return switch (kind) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  private static void gauge(MeterRegistry registry, Meters meter, Supplier<Number> value) {
    Gauge.builder(meter.meterName(), value)
        .description(meter.meaning())
        .tags(meter.tags())
        .register(registry);
  }
}
