package dev.drover.telemetry;

import dev.drover.record.TraceContext;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Names a trace beside the figures that its exchange moves, for those who scrape in OpenMetrics'
 * format. Thread-safe: a trace is this thread's while its meters move.
 */
public final class Exemplars implements SpanContext {
  private final ThreadLocal<TraceContext> moving = ThreadLocal.withInitial(() -> TraceContext.NONE);

  /** Meters that name traces so. */
  public static PrometheusMeterRegistry registry(Exemplars exemplars) {
    return new PrometheusMeterRegistry(
        PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, exemplars);
  }

  /** Moves meters for an exchange of this trace. */
  void moving(TraceContext trace, Runnable meters) {
    moving.set(trace);
    try {
      meters.run();
    } finally {
      moving.remove();
    }
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    return present(moving.get().traceId());
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    return present(moving.get().spanId());
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return moving.get().sampled();
  }

  @Override
  public void markCurrentSpanAsExemplar() {
    // nothing keeps a span because of that
  }

  private static @Nullable String present(String id) {
    return id.isEmpty() ? null : id;
  }
}
