package dev.drover.render;

import static dev.drover.render.Tree.map;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.TargetConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Headroom that Envoy's defaults set too low for LLM traffic. */
final class RaisedLimits {
  /**
   * Envoy's defaults of 1024 would cap running streams, and 3 concurrent retries would fail
   * fallbacks under load.
   */
  static final int PLENTY = 100_000;

  private RaisedLimits() {}

  static Map<String, Object> circuitBreakers() {
    return map(
        "thresholds",
        List.of(
            map(
                "max_connections",
                PLENTY,
                "max_pending_requests",
                PLENTY,
                "max_requests",
                PLENTY,
                "max_retries",
                PLENTY)));
  }

  /** Silence within a stream that Envoy bears: longer than any answer may take to begin. */
  static Duration idleTimeout(GatewayConfig config) {
    Duration longest = config.envoy().idleTimeout();
    for (ModelConfig model : config.models().values()) {
      Duration attempts = Duration.ZERO;
      for (Map.Entry<String, TargetConfig> target : config.targets().entrySet()) {
        boolean tried = model.targets().contains(target.getKey());
        attempts = tried ? attempts.plus(target.getValue().timeout()) : attempts;
      }
      longest = Collections.max(List.of(longest, model.timeout(), attempts));
    }
    return longest;
  }

  static long bufferBytes(GatewayConfig config) {
    return config.envoy().maxBody().bytes();
  }
}
