package dev.drover.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of credentials that are renewed. Thread-safe. */
public final class CredentialMeters {
  private final MeterRegistry registry;

  public CredentialMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A credential was asked for. */
  public void renewed(String credential, boolean issued) {
    Meters meter = Meters.CREDENTIAL_RENEWALS;
    Counter.builder(meter.meterName())
        .baseUnit(meter.unit())
        .description(meter.meaning())
        .tags(meter.tags(credential, issued ? "issued" : "failed"))
        .register(registry)
        .increment();
  }
}
