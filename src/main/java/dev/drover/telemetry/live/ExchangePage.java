package dev.drover.telemetry.live;

import dev.drover.exchange.ExchangeRecord;
import dev.drover.routing.Decision;
import dev.drover.routing.Exclusion;
import dev.drover.telemetry.AccessLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    page.put("decision", decision(record.decision()));
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

  private static @Nullable Map<String, Object> decision(@Nullable Decision decision) {
    return switch (decision) {
      case null -> null;
      case Decision.Refuse refuse -> {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("code", refuse.code());
        shown.put("excluded", texts(refuse.excluded()));
        yield shown;
      }
      case Decision.Forward forward -> {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("strategy", forward.grounds().strategy());
        shown.put("plan", forward.plan().targets().stream().map(target -> target.name()).toList());
        shown.put(
            "candidates", forward.ranked().stream().map(candidate -> candidate.fields()).toList());
        shown.put("excluded", texts(forward.excluded()));
        shown.put("first_because", forward.grounds().notes());
        shown.put("shadow", forward.shadow() == null ? null : forward.shadow().name());
        yield shown;
      }
    };
  }

  private static List<String> texts(List<Exclusion> excluded) {
    return excluded.stream().map(Exclusion::toString).toList();
  }
}
