package dev.drover.telemetry;

import dev.drover.state.rollout.Rollout;
import dev.drover.state.rollout.RolloutSettings;
import dev.drover.state.rollout.RolloutState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the changes of rollouts. Thread-safe. */
public final class RolloutMeters implements Rollout.Listener {
  private final MeterRegistry registry;

  public RolloutMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void changed(String model, RolloutSettings settings, RolloutState state) {
    Meters meter = Meters.ROLLOUT_CHANGES;
    Counter.builder(meter.meterName())
        .baseUnit(meter.unit())
        .description(meter.meaning())
        .tags(meter.tags(model, state.status().label()))
        .register(registry)
        .increment();
  }
}
