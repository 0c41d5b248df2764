package dev.drover.telemetry;

import dev.drover.admission.AdmissionController;
import dev.drover.admission.Budget;
import dev.drover.credential.ProviderCredential;
import dev.drover.exchange.account.InFlightExchanges;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.Breaker;
import dev.drover.state.health.Latencies;
import dev.drover.state.health.TargetHealth;
import dev.drover.state.rollout.Rollout;
import dev.drover.telemetry.live.Live;
import dev.drover.types.NanoDollars;
import dev.drover.types.Ticker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The meters that show a state. Thread-safe. */
public final class Gauges {
  private static final Map<String, ToLongFunction<Latencies.Summary>> QUANTILES =
      Map.of(
          "0.5",
          Latencies.Summary::p50,
          "0.95",
          Latencies.Summary::p95,
          "0.99",
          Latencies.Summary::p99);

  private final MultiGauge breakers;
  private final MultiGauge cooling;
  private final MultiGauge latencies;
  private final MultiGauge reserved;
  private final MultiGauge rollouts;
  private final MultiGauge spent;
  private final MultiGauge limits;
  private final MultiGauge expiries;
  private final RuntimeState state;
  private final Supplier<List<ProviderCredential>> credentials;
  private final Ticker ticker;

  /**
   * Registers the gauges.
   *
   * @param live knows the last answers
   * @param streams ext_proc streams open now
   * @param version the version of the ruleset in force
   * @param reloadFailed whether the config file is broken
   * @param credentials the credentials of providers
   */
  public Gauges(
      MeterRegistry registry,
      InFlightExchanges inFlight,
      RuntimeState state,
      Ticker ticker,
      Live live,
      Supplier<Number> streams,
      Supplier<Number> version,
      Supplier<Boolean> reloadFailed,
      Supplier<List<ProviderCredential>> credentials) {
    this.state = state;
    this.ticker = ticker;
    this.credentials = credentials;
    this.expiries = multi(registry, Meters.CREDENTIAL_EXPIRY);
    this.breakers = multi(registry, Meters.BREAKER);
    this.cooling = multi(registry, Meters.COOLING);
    this.latencies = multi(registry, Meters.LATENCY);
    this.reserved = multi(registry, Meters.BUDGET_RESERVED);
    this.rollouts = multi(registry, Meters.ROLLOUT);
    this.spent = multi(registry, Meters.BUDGET_SPENT);
    this.limits = multi(registry, Meters.BUDGET_LIMIT);
    gauge(registry, Meters.IN_FLIGHT, inFlight::size);
    gauge(registry, Meters.STREAMS, streams);
    gauge(registry, Meters.RULESET, version);
    gauge(registry, Meters.RELOAD_FAILED, () -> reloadFailed.get() ? 1 : 0);
    exact(registry, Meters.DURATION_EXACT, live::durations);
    exact(registry, Meters.FIRST_TOKEN_EXACT, live::firstTokens);
    targetsChanged();
  }

  /** Takes up what a reload has brought. */
  public void targetsChanged() {
    breakers.register(
        state.health().all().stream()
            .map(
                target ->
                    MultiGauge.Row.of(Meters.BREAKER.tags(target.target()), target, this::state))
            .toList(),
        true);
    cooling.register(
        state.health().all().stream()
            .map(
                target ->
                    MultiGauge.Row.of(
                        Meters.COOLING.tags(target.target()),
                        target,
                        t -> seconds(t.coolingNanos(ticker.nanos()))))
            .toList(),
        true);
    expiries.register(
        credentials.get().stream()
            .filter(ProviderCredential::renews)
            .map(
                each ->
                    MultiGauge.Row.of(
                        Meters.CREDENTIAL_EXPIRY.tags(each.toString()),
                        each,
                        ProviderCredential::secondsLeft))
            .toList(),
        true);
    latencies.register(state.health().all().stream().flatMap(Gauges::latencies).toList(), true);
    AdmissionController controller = state.controller();
    budgets(
        reserved, Meters.BUDGET_RESERVED, b -> amount(b, b.reserved(controller.wall().instant())));
    budgets(spent, Meters.BUDGET_SPENT, b -> amount(b, b.spent(controller.wall().instant())));
    budgets(limits, Meters.BUDGET_LIMIT, b -> amount(b, b.limit(controller.wall().instant())));
    rollouts.register(
        state.rollouts().all().entrySet().stream()
            .map(
                entry ->
                    MultiGauge.Row.of(
                        Meters.ROLLOUT.tags(entry.getKey()), entry.getValue(), Rollout::percent))
            .toList(),
        true);
  }

  private static Stream<MultiGauge.Row<?>> latencies(TargetHealth target) {
    return QUANTILES.entrySet().stream()
        .map(
            each ->
                MultiGauge.Row.of(
                    Meters.LATENCY.tags(target.target(), each.getKey()),
                    target,
                    t -> seconds(each.getValue().applyAsLong(t.latencies().summary()))));
  }

  private static void exact(
      MeterRegistry registry, Meters meter, Supplier<Latencies.Summary> summary) {
    QUANTILES.forEach(
        (quantile, value) ->
            Gauge.builder(meter.meterName(), () -> seconds(value.applyAsLong(summary.get())))
                .description(meter.meaning())
                .tags(meter.tags(quantile))
                .register(registry));
  }

  private static double seconds(long nanos) {
    return (double) nanos / TimeUnit.SECONDS.toNanos(1);
  }

  private static MultiGauge multi(MeterRegistry registry, Meters meter) {
    return MultiGauge.builder(meter.meterName()).description(meter.meaning()).register(registry);
  }

  private void budgets(MultiGauge gauge, Meters meter, ToDoubleFunction<Budget> value) {
    gauge.register(
        state.controller().budgets().all().stream()
            .map(budget -> MultiGauge.Row.of(meter.tags(budget.name()), budget, value))
            .toList(),
        true);
  }

  private double amount(Budget budget, long value) {
    return budget.money() ? new NanoDollars(value).toUsd().doubleValue() : (double) value;
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
