package dev.drover.render;

import static dev.drover.render.Tree.map;

import dev.drover.dialect.Dialects;
import dev.drover.message.ExchangeMetadata;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts Envoy's own errors into the clients' error shape. Drover's refusals are in it already.
 *
 * <p>Each method returns an Envoy {@code LocalReplyConfig}.
 */
final class LocalReplies {
  /**
   * The status of a call to Drover that failed, until it becomes a 503 with a message: what Envoy
   * says then has none. Neither Drover nor Envoy sends this status for another reason.
   */
  static final int NO_ANSWER = 510;

  /** Envoy itself says nothing of a request without a host. */
  private static final String MALFORMED = "The request is not valid HTTP.";

  private static final String SERVICE_SUFFIX = ".svc.cluster.local";

  private LocalReplies() {}

  /** For a listener of Drover's requests alone. */
  static Map<String, Object> everywhere() {
    return map("mappers", mappers(List.of()));
  }

  /** For a listener with other hosts. */
  static Map<String, Object> atHost(String host) {
    return map("mappers", mappersAtHost(host));
  }

  /**
   * Returns the mappers of {@link #atHost}. A request is Drover's if it is for an operation at the
   * host, or if Drover has decided it: by then host and path may be a provider's.
   */
  static List<Object> mappersAtHost(String host) {
    Map<String, Object> asked = and(List.of(authority(host), path()));
    return mappers(List.of(map("or_filter", map("filters", List.of(asked, decided())))));
  }

  private static List<Object> mappers(List<Object> which) {
    List<Object> unanswered = new ArrayList<>(which);
    unanswered.add(status("EQ", NO_ANSWER, "drover.no_answer"));
    Map<String, Object> first = mapper(unanswered, error(RouteYaml.UNDECIDED, "503"));
    first.put("status_code", 503);
    List<Object> malformed = new ArrayList<>(which);
    malformed.add(status("EQ", 400, "drover.malformed"));
    malformed.add(notDrovers());
    List<Object> errors = new ArrayList<>(which);
    errors.add(status("GE", 400, "drover.local_reply_from"));
    errors.add(notDrovers());
    return List.of(
        first,
        mapper(malformed, error(MALFORMED + " %LOCAL_REPLY_BODY%", "400")),
        mapper(errors, error("%LOCAL_REPLY_BODY%", "%RESPONSE_CODE%")));
  }

  private static Map<String, Object> notDrovers() {
    return metadata(Wire.REFUSED_KEY, map("bool_match", false), true);
  }

  private static Map<String, Object> mapper(List<Object> filters, Map<String, Object> error) {
    Object filter = filters.size() == 1 ? filters.getFirst() : and(filters);
    return map("filter", filter, "body_format_override", map("json_format", error));
  }

  private static Map<String, Object> and(List<Object> filters) {
    return map("and_filter", map("filters", filters));
  }

  /** Returns an error as clients expect it. */
  static Map<String, Object> error(String message, String code) {
    return map(
        "error", map("message", message, "type", "proxy_error", "code", Wire.ENVOY_CODE + code));
  }

  private static Map<String, Object> status(String op, int status, String runtimeKey) {
    return map(
        "status_code_filter",
        map(
            "comparison",
            map("op", op, "value", map("default_value", status, "runtime_key", runtimeKey))));
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

  /** A dot and a port may follow the host. Within the cluster a service has shorter names too. */
  private static Map<String, Object> authority(String host) {
    List<String> names = new ArrayList<>(List.of(host));
    if (host.endsWith(SERVICE_SUFFIX)) {
      String service = host.substring(0, host.length() - SERVICE_SUFFIX.length());
      names.add(service);
      names.add(service + ".svc");
      names.add(service.replaceFirst("\\..*", ""));
    }
    String quoted = String.join("|", names).replace(".", "\\.");
    return header(":authority", "(?i)(" + quoted + ")\\.?(:[0-9]+)?");
  }

  /** The beginnings of all paths, each apart: one expression for all is too long for Envoy. */
  private static Map<String, Object> path() {
    Set<String> all = new TreeSet<>();
    Dialects.operations()
        .forEach(operation -> all.add(operation.path().toString().replaceFirst("\\{.*", "")));
    List<Object> filters = new ArrayList<>();
    for (String prefix : all) {
      if (all.stream().noneMatch(other -> !other.equals(prefix) && prefix.startsWith(other))) {
        filters.add(
            map(
                "header_filter",
                map("header", map("name", ":path", "string_match", map("prefix", prefix)))));
      }
    }
    return map("or_filter", map("filters", filters));
  }

  private static Map<String, Object> header(String name, String regex) {
    return map(
        "header_filter",
        map("header", map("name", name, "string_match", map("safe_regex", map("regex", regex)))));
  }
}
