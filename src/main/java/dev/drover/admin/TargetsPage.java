package dev.drover.admin;

import dev.drover.record.Outcome;
import dev.drover.state.Switches;
import dev.drover.state.health.Latencies;
import dev.drover.state.health.TargetHealth;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Builds the page {@code /targets}: the health of each target and the figures learned from its
 * traffic.
 */
final class TargetsPage {
  private static final double NANOS_PER_MILLI = 1e6;

  private TargetsPage() {}

  static Map<String, Object> of(AdminView view) {
    long now = view.ticker().nanos();
    Map<String, Object> page = new LinkedHashMap<>();
    Set<String> off = view.state().switches().off();
    Map<String, String> known = view.targets().get();
    for (TargetHealth health : view.state().health().all()) {
      String name = health.target();
      if (known.containsKey(name)) {
        Map<String, Object> shown = target(health, now);
        shown.put("switched_off", off.contains(Switches.target(name)));
        shown.put("asked_no_more", known.get(name));
        page.put(name, shown);
      }
    }
    return page;
  }

  private static Map<String, Object> target(TargetHealth health, long now) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("breaker", health.breaker().kind(now).name().toLowerCase(Locale.ROOT));
    shown.put("seconds_to_trial", millis(health.breaker().nanosToTrial(now)) / 1000);
    shown.put("seconds_cooling", millis(health.coolingNanos(now)) / 1000);
    TargetHealth.Failure failure = health.lastFailure();
    shown.put("last_failure", failure == null ? null : failure.outcome().label());
    shown.put(
        "seconds_since_failure", failure == null ? null : millis(now - failure.atNanos()) / 1000);
    shown.put("slowdown", health.slowdown(now));
    shown.put("failed_share", health.breaker().failedShare(now));
    shown.put("in_flight", health.inFlight());
    Map<String, Long> outcomes = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome.label(), health.count(outcome));
    }
    shown.put("outcomes", outcomes);
    shown.put("latency_ms", latencies(health.latencies().summary()));
    shown.put("bytes_per_input_token", health.bytesPerToken().mean());
    shown.put("bytes_per_input_token_samples", health.bytesPerToken().samples());
    shown.put("unseen_output_tokens", health.unseenTokens().mean());
    shown.put("input_estimate_error", health.estimateError().mean());
    shown.put("first_token_ms", health.times().firstTokenNanos() / NANOS_PER_MILLI);
    shown.put("per_token_ms", health.times().perTokenNanos() / NANOS_PER_MILLI);
    shown.put("whole_answer_ms", health.times().wholeNanos() / NANOS_PER_MILLI);
    return shown;
  }

  private static Map<String, Object> latencies(Latencies.Summary summary) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("count", summary.count());
    shown.put("mean", millis(summary.mean()));
    shown.put("p50", millis(summary.p50()));
    shown.put("p95", millis(summary.p95()));
    shown.put("p99", millis(summary.p99()));
    shown.put("max", millis(summary.max()));
    return shown;
  }

  private static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }
}
