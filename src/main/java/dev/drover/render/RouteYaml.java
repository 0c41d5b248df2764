package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.HealthConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.dialect.PathTemplate;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes: one for requests that Drover has decided, and what meets all others. */
final class RouteYaml {
  static final String UNDECIDED = "The decision service cannot be reached. Try again.";
  static final String PASS_THROUGH = "drover_pass_through";

  /**
   * A bad key or a full quota at one provider is no reason to fail the caller while another can
   * serve.
   */
  private static final List<Integer> RETRIABLE = List.of(401, 402, 403, 404, 408, 413, 429, 498);

  static final List<String> NOT_FOR_PROVIDERS =
      List.of(
          Wire.PLAN_HEADER,
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-envoy-external-address",
          "x-envoy-internal");

  /** The headers in which clients prove who they are, here or anywhere. */
  private static final List<String> CREDENTIALS =
      Dialects.credentialHeaders().stream().sorted().toList();

  /** The plans that lead to one of some targets. */
  private static final String PLANS_TO = Wire.PLAN_PREFIX.replace("|", "\\|") + ".*\\|(%s)";

  /** The paths of operations that take bodies, for those who ask for another. */
  private static final String SERVED =
      Dialects.operations().stream()
          .map(operation -> operation.path().toString())
          .distinct()
          .collect(Collectors.joining(", "));

  private final GatewayConfig config;
  private final Catalog catalog;
  private final @Nullable Target passThrough;

  RouteYaml(GatewayConfig config, Clusters clusters) {
    this.config = config;
    this.catalog = clusters.catalog();
    this.passThrough = clusters.passThrough();
  }

  Map<String, Object> routeConfig() {
    List<Object> routes = new ArrayList<>();
    routes.addAll(decided(map()));
    routes.addAll(undecidedAlone());
    routes.addAll(withoutVersion());
    routes.add(root());
    routes.add(other());
    return map(
        "name",
        "drover",
        "virtual_hosts",
        List.of(
            map(
                "name",
                "drover",
                "domains",
                List.of("*"),
                "request_body_buffer_limit",
                RaisedLimits.bufferBytes(config),
                "request_headers_to_remove",
                NOT_FOR_PROVIDERS,
                "retry_policy",
                retryPolicy(),
                "typed_per_filter_config",
                map(ExtProcYaml.FILTER, ExtProcYaml.enabled()),
                "routes",
                routes)));
  }

  /** The number of retries and the timeouts come with each request, in headers of Drover's. */
  private Map<String, Object> retryPolicy() {
    return map(
        "retry_on",
        "5xx,reset,connect-failure,refused-stream,envoy-ratelimited,retriable-status-codes",
        "retriable_status_codes",
        retriable(),
        "num_retries",
        0,
        "retry_back_off",
        map("base_interval", "0.025s", "max_interval", "0.250s"),
        "retry_priority",
        Tree.extension(
            "envoy.retry_priorities.previous_priorities",
            typed(
                "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
                "update_frequency",
                1)));
  }

  /** The statuses that fall back: those of all providers, and what the config calls a failure. */
  private List<Integer> retriable() {
    Set<Integer> all = new TreeSet<>(RETRIABLE);
    Stream.concat(
            Stream.of(config.health()),
            config.targets().values().stream().map(TargetConfig::health).filter(Objects::nonNull))
        .map(HealthConfig::statuses)
        .forEach(
            statuses ->
                statuses.forEach(
                    (status, outcome) -> {
                      if (!outcome.equals("success") && !outcome.equals("caller_fault")) {
                        all.add(Integer.valueOf(status));
                      }
                    }));
    all.removeIf(status -> status >= 500); // Envoy's 5xx has them
    return List.copyOf(all);
  }

  /** The routes to the pass-through target, to be put among routes of others; none without one. */
  List<Map<String, Object>> passedThrough() {
    return passThrough == null ? List.of() : undecidedAlone();
  }

  /** The routes hit before the decision, to be put among routes of others. */
  List<Map<String, Object>> undecidedAlone() {
    return Dialects.operations().stream()
        .map(operation -> undecided(operation, operation.path()))
        .toList();
  }

  /** The same for clients whose base URL ends before the version. */
  private List<Map<String, Object>> withoutVersion() {
    return Dialects.operations().stream()
        .filter(operation -> operation.path().withoutVersion() != null)
        .map(
            operation ->
                undecided(operation, Objects.requireNonNull(operation.path().withoutVersion())))
        .toList();
  }

  /** Some clients ask for the root first, to see whether anybody is there. */
  private static Map<String, Object> root() {
    return map(
        "name",
        "root",
        "match",
        map(
            "path",
            "/",
            "headers",
            List.of(map("name", ":method", "string_match", map("exact", "HEAD")))),
        "direct_response",
        map("status", 200));
  }

  /** The routes of decided requests, to be put among routes of others. */
  List<Map<String, Object>> decidedAlone() {
    List<Map<String, Object>> alone = decided(map("retry_policy", retryPolicy()));
    alone.forEach(route -> route.put("request_headers_to_remove", NOT_FOR_PROVIDERS));
    return alone;
  }

  /**
   * With two filters the upstream-level one names the host of each attempt. With one filter the
   * route does, so there is a route for each host. Envoy's own {@code auto_host_rewrite} would tell
   * a provider the name of the one tried before it.
   */
  private List<Map<String, Object>> decided(Map<String, Object> more) {
    if (config.envoy().fallbacks()) {
      return List.of(decided("decided", map("prefix", Wire.PLAN_PREFIX), more));
    }
    Map<String, Set<String>> targets = new TreeMap<>();
    for (Target target : catalog.targets()) {
      targets
          .computeIfAbsent(target.provider().authority(), _ -> new TreeSet<>())
          .add(target.id().replaceAll("[^A-Za-z0-9_-]", "\\\\$0"));
    }
    List<Map<String, Object>> routes = new ArrayList<>();
    targets.forEach(
        (authority, ids) -> {
          Map<String, Object> rewritten = map("host_rewrite_literal", authority);
          rewritten.putAll(more);
          String plans = PLANS_TO.formatted(String.join("|", ids));
          routes.add(
              decided("decided " + authority, map("safe_regex", map("regex", plans)), rewritten));
        });
    return routes;
  }

  private Map<String, Object> decided(
      String name, Map<String, Object> plans, Map<String, Object> more) {
    Map<String, Object> route =
        map(
            "cluster_header",
            Wire.PLAN_HEADER,
            "timeout",
            "0s",
            "idle_timeout",
            Tree.seconds(RaisedLimits.idleTimeout(config)));
    route.putAll(more);
    if (config.models().values().stream().anyMatch(model -> model.shadow() != null)) {
      route.put(
          "request_mirror_policies",
          List.of(
              map(
                  "cluster_header",
                  Wire.SHADOW_HEADER,
                  "disable_shadow_host_suffix_append",
                  true)));
    }
    return map(
        "name",
        name,
        "match",
        map(
            "prefix",
            "/",
            "headers",
            List.of(map("name", Wire.PLAN_HEADER, "string_match", plans))),
        "route",
        route);
  }

  /** Hit before the decision, and to stay when Drover is down. */
  private Map<String, Object> undecided(Operation operation, PathTemplate path) {
    Map<String, Object> match = PathMatch.envoy(path);
    String there = passThrough == null ? null : passThrough.provider().path(operation);
    if (there == null) {
      return map(
          "name", "undecided " + path, "match", match, "direct_response", reply(503, UNDECIDED));
    }
    Map<String, Object> route =
        map("name", "pass-through " + path, "match", match, "route", passedThroughTo(there));
    if (!config.envoy().passThroughCredentials()) {
      route.put("request_headers_to_remove", CREDENTIALS);
    }
    return route;
  }

  private Map<String, Object> passedThroughTo(String path) {
    Target to = Objects.requireNonNull(passThrough);
    return map(
        "cluster",
        PASS_THROUGH,
        "prefix_rewrite",
        path,
        "host_rewrite_literal",
        to.provider().authority(),
        "timeout",
        "0s",
        "idle_timeout",
        Tree.seconds(RaisedLimits.idleTimeout(config)));
  }

  private static Map<String, Object> other() {
    return map(
        "name",
        "other",
        "match",
        map("prefix", "/"),
        "direct_response",
        reply(404, "path: unknown (expected: " + SERVED + ")"));
  }

  /** Plain text: the local reply format makes JSON of it. */
  private static Map<String, Object> reply(int status, String body) {
    return map("status", status, "body", map("inline_string", body));
  }
}
