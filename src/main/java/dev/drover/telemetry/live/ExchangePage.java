package dev.drover.telemetry.live;

import dev.drover.record.ExchangeRecord;
import dev.drover.telemetry.AccessLog;
import java.util.LinkedHashMap;
import java.util.Map;

/** An exchange for people: in a line, or with all that is known of it and why it went so. */
final class ExchangePage {
  private static final double NANOS_PER_MILLI = 1e6;

  private ExchangePage() {}

  static Map<String, Object> line(ExchangeRecord record) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("exchange", record.id());
    line.put("time", record.timing().started().toString());
    line.put("model", record.asked().model());
    line.put("stream", record.asked().stream());
    line.put("target", record.target());
    line.put("attempts", record.attempts().size());
    line.put("ending", record.ending().label());
    line.put("status", record.status());
    line.put("code", record.code());
    line.put("cache", record.cached().result());
    line.put("input_tokens", record.usage().input());
    line.put("output_tokens", record.usage().output());
    line.put("cost_usd", record.cost().toUsd());
    line.put("duration_ms", record.timing().durationNanos() / NANOS_PER_MILLI);
    return line;
  }

  static Map<String, Object> of(ExchangeRecord record) {
    Map<String, Object> page = AccessLog.fields(record);
    page.put("attempts", record.attempts().stream().map(ExchangePage::attempt).toList());
    page.put("decision", record.decision() == null ? null : record.decision().fields());
    return page;
  }

  private static Map<String, Object> attempt(ExchangeRecord.AttemptRecord attempt) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("target", attempt.target());
    shown.put("provider", attempt.course().provider());
    shown.put("model", attempt.course().model());
    shown.put("outcome", attempt.outcome().label());
    shown.put("status", attempt.status());
    shown.put("started_ms", attempt.course().startNanos() / NANOS_PER_MILLI);
    shown.put(
        "headers_ms", attempt.latencyNanos() < 0 ? null : attempt.latencyNanos() / NANOS_PER_MILLI);
    shown.put("duration_ms", attempt.course().durationNanos() / NANOS_PER_MILLI);
    shown.put("input_tokens", attempt.usage().input());
    shown.put("output_tokens", attempt.usage().output());
    shown.put("cost_usd", attempt.cost().toUsd());
    return shown;
  }
}
