package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.config.schema.GatewayConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The bounds that an Envoy needs where anybody may connect: of time, streams, connections and heap.
 * The figures are those of Envoy's guide to edge proxies ("Configuring Envoy as an edge proxy"),
 * but for the window of a stream: bodies of a megabyte are usual here, and a small window makes
 * them slow.
 */
final class EdgeYaml {
  private static final Duration HEADERS = Duration.ofSeconds(10);
  private static final int STREAMS = 100;
  private static final int STREAM_WINDOW = 1 << 20;
  private static final int CONNECTION_WINDOW = 4 << 20;
  private static final String HEAP = "envoy.resource_monitors.fixed_heap";
  private static final String CONNECTIONS =
      "envoy.resource_monitors.global_downstream_max_connections";

  private EdgeYaml() {}

  /** Adds the bounds of a listener's connection manager. */
  static void bound(Map<String, Object> manager, GatewayConfig config) {
    manager.put("request_headers_timeout", Tree.seconds(HEADERS));
    manager.put("request_timeout", Tree.seconds(config.envoy().requestTimeout()));
    manager.put(
        "http2_protocol_options",
        map(
            "max_concurrent_streams",
            STREAMS,
            "initial_stream_window_size",
            STREAM_WINDOW,
            "initial_connection_window_size",
            CONNECTION_WINDOW));
  }

  /** Returns the overload manager: Envoy gives memory back, then refuses, rather than be killed. */
  static Map<String, Object> overload(GatewayConfig config) {
    return map(
        "refresh_interval",
        "0.25s",
        "resource_monitors",
        List.of(
            Tree.extension(
                HEAP,
                typed(
                    "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                    "max_heap_size_bytes",
                    config.envoy().maxHeap().bytes())),
            Tree.extension(
                CONNECTIONS,
                typed(
                    "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                    "max_active_downstream_connections",
                    config.envoy().maxConnections()))),
        "actions",
        List.of(
            action("envoy.overload_actions.shrink_heap", 0.9),
            action("envoy.overload_actions.disable_http_keepalive", 0.92),
            action("envoy.overload_actions.stop_accepting_requests", 0.95)));
  }

  private static Map<String, Object> action(String name, double share) {
    return map(
        "name", name, "triggers", List.of(map("name", HEAP, "threshold", map("value", share))));
  }
}
