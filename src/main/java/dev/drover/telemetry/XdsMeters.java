package dev.drover.telemetry;

import dev.drover.xds.ControlPlane;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of Drover as a control plane. */
public final class XdsMeters {
  private XdsMeters() {}

  /** Registers them. */
  public static void register(MeterRegistry registry, ControlPlane controlPlane) {
    Gauge.builder(Meters.XDS_ENVOYS.meterName(), controlPlane, ControlPlane::connected)
        .description(Meters.XDS_ENVOYS.meaning())
        .tags(Meters.XDS_ENVOYS.tags())
        .register(registry);
    FunctionCounter.builder(
            Meters.XDS_REFUSALS.meterName(), controlPlane, plane -> (double) plane.refused())
        .baseUnit(Meters.XDS_REFUSALS.unit())
        .description(Meters.XDS_REFUSALS.meaning())
        .tags(Meters.XDS_REFUSALS.tags())
        .register(registry);
  }
}
