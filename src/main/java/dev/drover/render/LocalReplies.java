package dev.drover.render;

import static dev.drover.render.Tree.map;

import dev.drover.message.ExchangeMetadata;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts Envoy's own errors into the clients' error shape. Drover's refusals are in it already.
 *
 * <p>Each method returns an Envoy {@code LocalReplyConfig}.
 */
final class LocalReplies {
  private static final String SERVICE_SUFFIX = ".svc.cluster.local";

  private LocalReplies() {}

  /** For a listener of Drover's requests alone. */
  static Map<String, Object> everywhere() {
    return map("mappers", List.of(mapper(List.of(errors(), notDrovers()))));
  }

  /**
   * For a listener with other hosts. A request is Drover's if it is for the host, or if Drover has
   * decided it: by then the host may be a provider's.
   */
  static Map<String, Object> atHost(String host) {
    return map("mappers", List.of(mapperAtHost(host)));
  }

  /** Returns the one mapper of {@link #atHost}. */
  static Map<String, Object> mapperAtHost(String host) {
    return mapper(
        List.of(
            errors(),
            notDrovers(),
            map("or_filter", map("filters", List.of(authority(host), decided())))));
  }

  private static Map<String, Object> mapper(List<Object> filters) {
    return map(
        "filter",
        map("and_filter", map("filters", filters)),
        "body_format_override",
        map("json_format", error("%LOCAL_REPLY_BODY%", "%RESPONSE_CODE%")));
  }

  /** Returns an error as clients expect it. */
  static Map<String, Object> error(String message, String code) {
    return map(
        "error", map("message", message, "type", "proxy_error", "code", Wire.ENVOY_CODE + code));
  }

  private static Map<String, Object> errors() {
    return map(
        "status_code_filter",
        map(
            "comparison",
            map(
                "op",
                "GE",
                "value",
                map("default_value", 400, "runtime_key", "drover.local_reply_from"))));
  }

  private static Map<String, Object> notDrovers() {
    return metadata(Wire.REFUSED_KEY, map("bool_match", false), true);
  }

  private static Map<String, Object> decided() {
    return metadata(ExchangeMetadata.EXCHANGE, map("present_match", true), false);
  }

  private static Map<String, Object> metadata(
      String key, Map<String, Object> value, boolean matchesWithout) {
    return map(
        "metadata_filter",
        map(
            "matcher",
            map("filter", Wire.NAMESPACE, "path", List.of(map("key", key)), "value", value),
            "match_if_key_not_found",
            matchesWithout));
  }

  /** A port may follow the host. Within the cluster a service has shorter names too. */
  private static Map<String, Object> authority(String host) {
    List<String> names = new ArrayList<>(List.of(host));
    if (host.endsWith(SERVICE_SUFFIX)) {
      String service = host.substring(0, host.length() - SERVICE_SUFFIX.length());
      names.add(service);
      names.add(service + ".svc");
      names.add(service.replaceFirst("\\..*", ""));
    }
    String quoted = String.join("|", names).replace(".", "\\.");
    return map(
        "header_filter",
        map(
            "header",
            map(
                "name",
                ":authority",
                "string_match",
                map("safe_regex", map("regex", "(?i)(" + quoted + ")(:[0-9]+)?")))));
  }
}
