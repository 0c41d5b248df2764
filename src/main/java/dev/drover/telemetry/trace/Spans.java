package dev.drover.telemetry.trace;

import dev.drover.record.Caller;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.record.TraceContext;
import dev.drover.types.Usage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of a finished exchange: one of the exchange, as its client sees it, and a child
 * for each attempt. Names of attributes are those of OpenTelemetry's GenAI conventions where they
 * have one, else Drover's own. Usage stands at the exchange alone, so that nobody adds it up twice.
 * One thread's.
 */
final class Spans {
  private final Tracer tracer;
  private final GivenIds ids;

  Spans(Tracer tracer, GivenIds ids) {
    this.tracer = tracer;
    this.ids = ids;
  }

  void make(ExchangeRecord record, @Nullable Messages messages) {
    TraceContext trace = record.trace();
    Instant start = record.timing().started();
    ExchangeRecord.Asked asked = record.asked();
    String model = asked.model() == null ? "" : " " + asked.model();
    ids.next(trace.traceId(), trace.spanId());
    SpanBuilder builder =
        tracer
            .spanBuilder(asked.operation() + model)
            .setParent(parent(trace))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(start);
    facts(builder, record);
    caller(builder, asked.caller());
    if (record.target() != null) {
      usage(builder, record.usage());
    }
    set(builder, "gen_ai.input.messages", messages == null ? null : messages.input());
    set(builder, "gen_ai.output.messages", messages == null ? null : messages.output());
    Span span = builder.startSpan();
    if (record.ending() != Ending.COMPLETE) {
      span.setStatus(StatusCode.ERROR);
    }
    Context context = Context.root().with(span);
    record.attempts().forEach(attempt -> attempt(context, trace, start, asked, attempt));
    span.end(start.plusNanos(record.timing().durationNanos()));
  }

  private static void facts(SpanBuilder span, ExchangeRecord record) {
    ExchangeRecord.Asked asked = record.asked();
    set(span, "gen_ai.operation.name", asked.operation());
    set(span, "gen_ai.request.model", asked.model());
    set(span, "gen_ai.response.model", record.providerModel());
    record.attempts().reversed().stream()
        .filter(attempt -> attempt.target().equals(record.target()))
        .findFirst()
        .ifPresent(winner -> set(span, "gen_ai.provider.name", winner.course().provider()));
    if (asked.stream()) {
      span.setAttribute("gen_ai.request.stream", true);
    }
    if (record.status() > 0) {
      span.setAttribute("http.response.status_code", record.status());
    }
    if (record.ending() != Ending.COMPLETE) {
      span.setAttribute(
          "error.type", record.code() == null ? record.ending().label() : record.code());
    }
    long first = record.timing().firstByteNanos();
    if (first >= 0) {
      span.setAttribute("gen_ai.response.time_to_first_chunk", first / 1e9);
    }
    set(span, "drover.exchange", record.id());
    set(span, "drover.ending", record.ending().label());
    set(span, "drover.target", record.target());
    set(span, "drover.task", asked.task());
    set(span, "drover.policy", asked.policy());
    asked.tags().forEach((name, value) -> set(span, "drover.tag." + name, value));
    if (!record.cached().result().isEmpty()) {
      set(span, "drover.cache", record.cached().result());
    }
    set(span, "drover.cost_usd", record.cost().toString());
  }

  private static void caller(SpanBuilder span, Caller caller) {
    set(span, "drover.caller", caller.identity());
    set(span, "drover.team", caller.team());
    set(span, "drover.project", caller.project());
  }

  private static void usage(SpanBuilder span, Usage usage) {
    span.setAttribute("gen_ai.usage.input_tokens", usage.input());
    span.setAttribute("gen_ai.usage.output_tokens", usage.output());
    span.setAttribute("gen_ai.usage.cache_read.input_tokens", usage.cachedInput());
    span.setAttribute("gen_ai.usage.reasoning.output_tokens", usage.reasoning());
    span.setAttribute("drover.usage", usage.status().label());
  }

  private void attempt(
      Context exchange,
      TraceContext trace,
      Instant exchangeStart,
      ExchangeRecord.Asked asked,
      ExchangeRecord.AttemptRecord attempt) {
    ExchangeRecord.Course course = attempt.course();
    Instant start = exchangeStart.plusNanos(course.startNanos());
    ids.next(trace.traceId(), course.spanId());
    SpanBuilder span =
        tracer
            .spanBuilder("attempt " + attempt.target())
            .setParent(exchange)
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(start)
            .setAttribute("gen_ai.operation.name", asked.operation())
            .setAttribute("gen_ai.provider.name", course.provider())
            .setAttribute("gen_ai.request.model", course.model())
            .setAttribute("server.address", course.server())
            .setAttribute("drover.target", attempt.target())
            .setAttribute("drover.outcome", attempt.outcome().label());
    if (attempt.status() > 0) {
      span.setAttribute("http.response.status_code", attempt.status());
    }
    boolean failed = attempt.outcome() != Outcome.SUCCESS && attempt.outcome() != Outcome.OUTRUN;
    if (failed) {
      span.setAttribute("error.type", attempt.outcome().label());
    }
    Span started = span.startSpan();
    if (failed) {
      started.setStatus(StatusCode.ERROR);
    }
    if (attempt.latencyNanos() >= 0) {
      started.addEvent("headers", start.plusNanos(attempt.latencyNanos()));
    }
    started.end(start.plusNanos(course.durationNanos()));
  }

  private static Context parent(TraceContext trace) {
    if (trace.parentId() == null) {
      return Context.root();
    }
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(
                    trace.traceId(),
                    trace.parentId(),
                    TraceFlags.getSampled(),
                    state(trace.state()))));
  }

  /** As the library reads it; what is malformed is no state. */
  private static TraceState state(String header) {
    if (header.isEmpty()) {
      return TraceState.getDefault();
    }
    String valid = "00-" + "1".repeat(32) + "-" + "1".repeat(16) + "-01";
    Context read =
        W3CTraceContextPropagator.getInstance()
            .extract(
                Context.root(),
                Map.of("traceparent", valid, "tracestate", header),
                new TextMapGetter<Map<String, String>>() {
                  @Override
                  public Iterable<String> keys(Map<String, String> carrier) {
                    return List.copyOf(carrier.keySet());
                  }

                  @Override
                  public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
                    return carrier == null ? null : carrier.get(key);
                  }
                });
    return Span.fromContext(read).getSpanContext().getTraceState();
  }

  private static void set(SpanBuilder span, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      span.setAttribute(name, value);
    }
  }
}
