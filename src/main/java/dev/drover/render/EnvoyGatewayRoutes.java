package dev.drover.render;

import static dev.drover.render.EnvoyGatewayPlace.ENVOY_GATEWAY;
import static dev.drover.render.EnvoyGatewayPlace.GATEWAY_API;
import static dev.drover.render.Tree.map;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.PlanCluster;
import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Secrets;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.types.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Renders the resources of an Envoy Gateway with one filter: an EnvoyExtensionPolicy, and for each
 * target an HTTPRoute that its plans' names lead to. Retries stay on the target.
 */
final class EnvoyGatewayRoutes {
  private static final String API = ENVOY_GATEWAY + "/v1alpha1";

  /** The Gateway API's limit for one rule. */
  private static final int MOST_MATCHES = 64;

  private final GatewayConfig config;
  private final EnvoyGatewayPlace place;
  private final Catalog catalog;

  EnvoyGatewayRoutes(GatewayConfig config, EnvoyGatewayPlace place) {
    this.config = config;
    this.place = place;
    this.catalog = Catalog.compile(config, new Secrets(_ -> null));
  }

  List<Map<String, Object>> resources() {
    List<Map<String, Object>> all = new ArrayList<>();
    String name = config.envoy().passThrough();
    Target passThrough = name == null ? null : catalog.target(name);
    all.add(
        place.route(
            place.name(),
            passThrough == null
                ? List.of(EnvoyGatewayYaml.undecidedRule(place))
                : passedThrough(passThrough)));
    if (passThrough == null) {
      all.add(EnvoyGatewayYaml.undecided(place));
    }
    plans().forEach((target, plans) -> all.addAll(decided(target, plans)));
    Map<String, Provider> backends = new LinkedHashMap<>();
    catalog
        .targets()
        .forEach(target -> backends.put(backend(target.provider()), target.provider()));
    backends.forEach(
        (backend, provider) -> {
          all.add(backendOf(backend, provider));
          if (provider.tls()) {
            all.add(tlsPolicy(backend, provider));
          }
        });
    if (passThrough != null) {
      all.add(trafficPolicy(place.name(), passThrough));
    }
    all.add(extensionPolicy());
    if (!place.serviceNamespace().equals(place.namespace())) {
      all.add(referenceGrant());
    }
    return all;
  }

  /** The plans of each target that may come first; with one filter it is the only one. */
  private Map<Target, List<String>> plans() {
    Map<Target, List<String>> plans = new LinkedHashMap<>();
    catalog
        .models()
        .forEach(
            model -> {
              for (PlanCluster plan : model.plans().all()) {
                plans
                    .computeIfAbsent(plan.targets().getFirst(), _ -> new ArrayList<>())
                    .add(plan.name());
              }
            });
    return plans;
  }

  /**
   * The path is said with the plan, though the plan would do: an exact path comes before all that
   * has none, so the routes hit before the decision would win again.
   */
  private List<Map<String, Object>> decided(Target target, List<String> plans) {
    List<Object> matches = new ArrayList<>();
    for (String plan : plans) {
      for (String path : paths(target)) {
        matches.add(
            map(
                "path",
                map("type", "Exact", "value", path),
                "headers",
                List.of(map("type", "Exact", "name", Wire.PLAN_HEADER, "value", plan))));
      }
    }
    List<Map<String, Object>> routes = new ArrayList<>();
    for (int from = 0; from < matches.size(); from += MOST_MATCHES) {
      List<Object> some = matches.subList(from, Math.min(matches.size(), from + MOST_MATCHES));
      String name = routeName(target, from / MOST_MATCHES);
      routes.add(place.route(name, List.of(rule(some, target, null))));
      routes.add(trafficPolicy(name, target));
    }
    return routes;
  }

  private String routeName(Target target, int part) {
    return named(target.name(), target.name()) + (part == 0 ? "" : "-" + (part + 1));
  }

  /** The paths that Drover gives to requests for a target. */
  private static List<String> paths(Target target) {
    return Dialects.operations().stream()
        .filter(Operation::takesBody)
        .map(operation -> target.provider().basePath() + operation.suffix())
        .distinct()
        .toList();
  }

  /** Straight to one target, unchanged but for the path. */
  private List<Object> passedThrough(Target target) {
    List<Object> rules = new ArrayList<>();
    for (Operation operation : Dialects.operations()) {
      rules.add(
          rule(
              List.of(map("path", PathMatch.gateway(operation.path()))),
              target,
              target.provider().basePath() + operation.suffix()));
    }
    return rules;
  }

  private Map<String, Object> rule(List<?> matches, Target target, @Nullable String path) {
    List<Object> filters = new ArrayList<>();
    Map<String, Object> rewrite = map();
    if (!isAddress(target.provider())) {
      rewrite.put("hostname", target.provider().host());
    }
    if (path != null) {
      rewrite.put("path", map("type", "ReplaceFullPath", "replaceFullPath", path));
    }
    if (!rewrite.isEmpty()) {
      filters.add(map("type", "URLRewrite", "urlRewrite", rewrite));
    }
    filters.add(
        map(
            "type",
            "RequestHeaderModifier",
            "requestHeaderModifier",
            map("remove", RouteYaml.NOT_FOR_PROVIDERS)));
    return map(
        "matches",
        matches,
        "filters",
        filters,
        "backendRefs",
        List.of(map("group", ENVOY_GATEWAY, "kind", "Backend", "name", backend(target.provider()))),
        "timeouts",
        map("request", "0s"));
  }

  /**
   * The name of a resource: letters, digits and dashes, with a mark where that leaves something
   * out.
   *
   * @param words what is shown of it
   * @param what what it is of, which no other is
   */
  private String named(String words, String what) {
    String plain = words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    if (plain.equals(what)) {
      return place.name() + "-" + plain;
    }
    CRC32 sum = new CRC32();
    sum.update(what.getBytes(StandardCharsets.UTF_8));
    return "%s-%s-%08x".formatted(place.name(), plain, sum.getValue()).replaceAll("--+", "-");
  }

  private String backend(Provider provider) {
    return named(
        provider.host() + "-" + provider.port(),
        provider.tls() + "|" + provider.host() + "|" + provider.port());
  }

  private static boolean isAddress(Provider provider) {
    return Tree.isAddress(provider.host());
  }

  private Map<String, Object> backendOf(String name, Provider provider) {
    Map<String, Object> endpoint =
        isAddress(provider)
            ? map(
                "ip",
                map("address", provider.host().replaceAll("[\\[\\]]", ""), "port", provider.port()))
            : map("fqdn", map("hostname", provider.host(), "port", provider.port()));
    return place.resource(API, "Backend", name, map("endpoints", List.of(endpoint)));
  }

  private Map<String, Object> tlsPolicy(String backend, Provider provider) {
    return place.resource(
        GATEWAY_API + "/v1",
        "BackendTLSPolicy",
        backend,
        map(
            "targetRefs",
            List.of(map("group", ENVOY_GATEWAY, "kind", "Backend", "name", backend)),
            "validation",
            map("wellKnownCACertificates", "System", "hostname", provider.host())));
  }

  /**
   * Room, and the target's timeout for an attempt to its headers: what Drover says of it in headers
   * is not heard, since an EnvoyExtensionPolicy cannot allow that.
   */
  private Map<String, Object> trafficPolicy(String route, Target target) {
    return place.resource(
        API,
        "BackendTrafficPolicy",
        route,
        map(
            "targetRefs",
            List.of(map("group", GATEWAY_API, "kind", "HTTPRoute", "name", route)),
            "connection",
            map("bufferLimit", EnvoyGatewayYaml.quantity(config)),
            "circuitBreaker",
            circuitBreaker(),
            "timeout",
            map(
                "tcp",
                map("connectTimeout", "5s"),
                "http",
                map("requestTimeout", "0s", "connectionIdleTimeout", "50s")),
            "retry",
            map(
                "numRetries",
                1,
                "perRetry",
                map(
                    "timeout",
                    target.timeoutMillis() + "ms",
                    "backOff",
                    map("baseInterval", "25ms", "maxInterval", "250ms")),
                "retryOn",
                map("triggers", List.of("connect-failure", "refused-stream")))));
  }

  private static Map<String, Object> circuitBreaker() {
    return map(
        "maxConnections",
        RaisedLimits.PLENTY,
        "maxPendingRequests",
        RaisedLimits.PLENTY,
        "maxParallelRequests",
        RaisedLimits.PLENTY,
        "maxParallelRetries",
        RaisedLimits.PLENTY);
  }

  private Map<String, Object> extensionPolicy() {
    Map<String, Object> extProc =
        map(
            "backendRefs",
            List.of(
                map(
                    "name",
                    place.service(),
                    "namespace",
                    place.serviceNamespace(),
                    "port",
                    place.servicePort())),
            "backendSettings",
            map(
                "connection",
                map("bufferLimit", EnvoyGatewayYaml.quantity(config)),
                "circuitBreaker",
                circuitBreaker()),
            "messageTimeout",
            Tree.seconds(config.envoy().messageTimeout()),
            "failOpen",
            config.envoy().passThrough() != null,
            "statusOnError",
            503,
            "processingMode",
            map(
                "allowModeOverride",
                true,
                "request",
                map("body", "Buffered", "attributes", List.of(Wire.PEER_ATTRIBUTE)),
                "response",
                map("body", "Streamed", "attributes", List.of(Wire.ATTEMPTS_ATTRIBUTE))),
            "metadata",
            map("writableNamespaces", List.of(Wire.NAMESPACE)));
    return place.resource(
        API,
        "EnvoyExtensionPolicy",
        place.name(),
        map("targetSelectors", List.of(place.ourRoutes()), "extProc", List.of(extProc)));
  }

  /** Lets the gateway call a Drover in another namespace. */
  private Map<String, Object> referenceGrant() {
    Map<String, Object> grant =
        place.resource(
            GATEWAY_API + "/v1beta1",
            "ReferenceGrant",
            place.name(),
            map(
                "from",
                List.of(
                    map(
                        "group",
                        ENVOY_GATEWAY,
                        "kind",
                        "EnvoyExtensionPolicy",
                        "namespace",
                        place.namespace())),
                "to",
                List.of(map("group", "", "kind", "Service", "name", place.service()))));
    grant.put("metadata", map("name", place.name(), "namespace", place.serviceNamespace()));
    return grant;
  }
}
