package dev.drover.render;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds the maps that become YAML. */
final class Tree {
  private static final String TYPE = "@type";
  private static final String PREFIX = "type.googleapis.com/";

  private Tree() {}

  /** A map of keys and values in turn, in that order. */
  static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  /** A {@code typed_config} or the like: a message with its type. */
  static Map<String, Object> typed(String message, Object... keysAndValues) {
    Map<String, Object> map = map(TYPE, PREFIX + message);
    map.putAll(map(keysAndValues));
    return map;
  }

  /** A named extension. */
  static Map<String, Object> extension(String name, Map<String, Object> typedConfig) {
    return map("name", name, "typed_config", typedConfig);
  }

  /** A {@code ConfigSource}: what Drover serves. Nothing starts on half of it. */
  static Map<String, Object> ads() {
    return map("ads", map(), "initial_fetch_timeout", "0s", "resource_api_version", "V3");
  }

  /** A duration as protobuf's JSON has it. */
  static String seconds(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0
        ? millis / 1000 + "s"
        : "%d.%03ds".formatted(millis / 1000, millis % 1000);
  }

  /** A duration as the Gateway API has it (GEP-2257): no fractions, at most five digits a part. */
  static String gatewayDuration(Duration duration) {
    StringBuilder parts = new StringBuilder();
    append(parts, duration.toHours(), "h");
    append(parts, duration.toSecondsPart() + 60L * duration.toMinutesPart(), "s");
    append(parts, duration.toMillisPart(), "ms");
    return parts.isEmpty() ? "0s" : parts.toString();
  }

  private static void append(StringBuilder parts, long count, String unit) {
    if (count > 0) {
      parts.append(count).append(unit);
    }
  }

  /** Returns whether a host is an IP address rather than a name. */
  static boolean isAddress(String host) {
    return host.matches("[0-9.]+|.*:.*");
  }

  /** An {@code envoy.config.core.v3.Address}. */
  static Map<String, Object> address(String host, int port) {
    String bare = host.replaceAll("[\\[\\]]", ""); // as URLs write IPv6
    return map("socket_address", map("address", bare, "port_value", port));
  }
}
