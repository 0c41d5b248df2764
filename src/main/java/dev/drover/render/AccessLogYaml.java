package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;

/** Envoy's access log, with what Drover knows of each request. */
final class AccessLogYaml {
  private static final List<String> FACTS =
      List.of(
          "exchange",
          "operation",
          "model",
          "target",
          "attempts",
          "usage",
          "input_tokens",
          "cached_input_tokens",
          "output_tokens",
          "cost_nano_usd");

  private AccessLogYaml() {}

  static Map<String, Object> stdout() {
    Map<String, Object> format =
        map(
            "time",
            "%START_TIME%",
            "method",
            "%REQ(:METHOD)%",
            "path",
            "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
            "status",
            "%RESPONSE_CODE%",
            "details",
            "%RESPONSE_CODE_DETAILS%",
            "flags",
            "%RESPONSE_FLAGS%",
            "duration_ms",
            "%DURATION%",
            "request_bytes",
            "%BYTES_RECEIVED%",
            "response_bytes",
            "%BYTES_SENT%",
            "request_id",
            "%REQ(X-REQUEST-ID)%",
            "upstream_cluster",
            "%UPSTREAM_CLUSTER%",
            "upstream_host",
            "%UPSTREAM_HOST%");
    FACTS.forEach(
        fact -> format.put(fact, "%DYNAMIC_METADATA(" + Wire.NAMESPACE + ":" + fact + ")%"));
    return Tree.extension(
        "envoy.access_loggers.stdout",
        typed(
            "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
            "log_format",
            map("json_format", format)));
  }
}
