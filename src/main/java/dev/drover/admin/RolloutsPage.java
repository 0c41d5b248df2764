package dev.drover.admin;

import dev.drover.state.rollout.Rollout;
import dev.drover.state.rollout.RolloutState;
import dev.drover.state.rollout.Rollouts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds the page {@code /rollouts}: the progress of each rollout and the figures of its gates. */
final class RolloutsPage {
  private RolloutsPage() {}

  static Map<String, Object> of(Rollouts rollouts) {
    Map<String, Object> page = new LinkedHashMap<>();
    rollouts.all().forEach((model, rollout) -> page.put(model, rollout(rollout)));
    return page;
  }

  private static Map<String, Object> rollout(Rollout rollout) {
    RolloutState state = rollout.state();
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("target", rollout.settings().target());
    shown.put("status", state.status().label());
    shown.put("percent", rollout.percent());
    shown.put("stage", state.stage() + 1);
    shown.put("stages", rollout.settings().stages());
    shown.put("since", Instant.ofEpochMilli(state.sinceMillis()).toString());
    shown.put("reason", state.reason());
    shown.put("requests", state.requests());
    shown.put("min_requests", rollout.settings().minRequests());
    shown.put("errors", state.errors());
    shown.put("max_error_rate", rollout.settings().maxErrorRate());
    shown.put("over_p99", state.slow());
    shown.put("max_p99_ms", rollout.settings().maxP99Nanos() / 1_000_000);
    shown.put("timeouts_of_last_100", state.recentTimeouts());
    return shown;
  }
}
