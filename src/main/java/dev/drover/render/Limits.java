package dev.drover.render;

import static dev.drover.render.Tree.map;

import dev.drover.config.GatewayConfig;
import java.util.List;
import java.util.Map;

/** Limits that Envoy's defaults set too low for LLM traffic. */
final class Limits {
  /**
   * Envoy's defaults of 1024 would cap running streams, and 3 concurrent retries would fail
   * fallbacks under load.
   */
  private static final int PLENTY = 100_000;

  private Limits() {}

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

  static long bufferBytes(GatewayConfig config) {
    return config.envoy().maxBody().bytes();
  }
}
