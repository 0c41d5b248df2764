package dev.drover.telemetry;

import dev.drover.ledger.Ledger;
import dev.drover.ledger.LedgerStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The meters of the ledger. */
public final class LedgerMeters {
  private LedgerMeters() {}

  /** Registers them; the ledger is asked at each scrape, and held only as long as it runs. */
  public static void register(MeterRegistry registry, Ledger ledger) {
    count(registry, ledger, "recorded", s -> (double) s.recorded());
    count(registry, ledger, "spooled", s -> (double) s.spooled());
    count(registry, ledger, "lost", s -> (double) s.lost());
    gauge(registry, Meters.LEDGER_UP, ledger, s -> s.problem().isEmpty() ? 1 : 0);
    gauge(registry, Meters.LEDGER_WAITING, ledger, s -> (double) s.waiting());
    gauge(registry, Meters.LEDGER_SPOOL, ledger, s -> (double) s.spoolBytes());
    gauge(
        registry,
        Meters.LEDGER_LAG,
        ledger,
        s -> (double) s.lagNanos() / TimeUnit.SECONDS.toNanos(1));
  }

  private static void count(
      MeterRegistry registry, Ledger ledger, String result, ToDoubleFunction<LedgerStatus> value) {
    FunctionCounter.builder(
            Meters.LEDGER_EVENTS.meterName(), ledger, l -> value.applyAsDouble(l.status()))
        .baseUnit(Meters.LEDGER_EVENTS.unit())
        .description(Meters.LEDGER_EVENTS.meaning())
        .tags(Meters.LEDGER_EVENTS.tags(result))
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, Meters meter, Ledger ledger, ToDoubleFunction<LedgerStatus> value) {
    Gauge.builder(meter.meterName(), ledger, l -> value.applyAsDouble(l.status()))
        .description(meter.meaning())
        .tags(meter.tags())
        .register(registry);
  }
}
