package dev.drover.render;

import static dev.drover.render.EnvoyGatewayPlace.ENVOY_GATEWAY;
import static dev.drover.render.EnvoyGatewayPlace.GATEWAY_API;
import static dev.drover.render.Tree.map;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.PlanCluster;
import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.types.Wire;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Renders the resources of an Envoy Gateway with one filter: an EnvoyExtensionPolicy, and for each
 * target an HTTPRoute that its plans' names lead to. Retries stay on the target.
 */
final class EnvoyGatewayRoutes {
  private static final String API = ENVOY_GATEWAY + "/v1alpha1";

  /** The Gateway API's limit for one rule. */
  private static final int MOST_MATCHES = 64;

  /** The Gateway API's limit for one route. */
  private static final int MOST_RULES = 16;

  private final GatewayConfig config;
  private final EnvoyGatewayPlace place;
  private final EnvoyGatewayPolicies policies;
  private final Catalog catalog;

  EnvoyGatewayRoutes(GatewayConfig config, EnvoyGatewayPlace place) {
    this.config = config;
    this.place = place;
    this.policies = new EnvoyGatewayPolicies(config, place);
    this.catalog = Catalog.compile(config, Credentials.offline(new Secrets(_ -> null)));
  }

  /** Returns the routes that requests meet first, with what they need. */
  List<Map<String, Object>> undecided() {
    List<Map<String, Object>> all = first();
    Target passThrough = passThrough();
    if (passThrough != null) {
      all.addAll(backends(List.of(passThrough)));
      all.add(withoutForwardedHost());
    }
    return all;
  }

  /** Returns all that a gateway needs that is not patched. */
  List<Map<String, Object>> all() {
    List<Map<String, Object>> all = first();
    all.add(withoutForwardedHost());
    plans().forEach((target, plans) -> all.addAll(decided(target, plans)));
    all.addAll(backends(catalog.targets()));
    all.add(policies.extension());
    if (!place.serviceNamespace().equals(place.namespace())) {
      all.add(referenceGrant());
    }
    return all;
  }

  private List<Map<String, Object>> first() {
    List<Map<String, Object>> all = new ArrayList<>();
    Target passThrough = passThrough();
    List<Object> rules = passThrough == null ? undecidedRules() : passedThrough(passThrough);
    for (int from = 0; from < rules.size(); from += MOST_RULES) {
      String name = part(place.name(), from / MOST_RULES);
      all.add(place.route(name, rules.subList(from, Math.min(rules.size(), from + MOST_RULES))));
      if (passThrough != null) {
        all.add(policies.traffic(name, passThrough));
      } else if (!config.envoy().fallbacks()) {
        all.add(policies.errors(name));
      }
    }
    if (passThrough == null) {
      all.add(directResponse());
    }
    return all;
  }

  private static String part(String name, int part) {
    return part == 0 ? name : name + "-" + (part + 1);
  }

  private @Nullable Target passThrough() {
    String name = config.envoy().passThrough();
    return name == null ? null : catalog.target(name);
  }

  /** Hit before the decision, and to stay when Drover is down. */
  private List<Object> undecidedRules() {
    List<Object> matches = new ArrayList<>();
    for (Operation operation : Dialects.operations()) {
      matches.add(map("path", PathMatch.gateway(operation.path())));
    }
    List<Object> rules = new ArrayList<>();
    for (int from = 0; from < matches.size(); from += MOST_MATCHES) {
      List<Object> some = matches.subList(from, Math.min(matches.size(), from + MOST_MATCHES));
      rules.add(map("matches", some, "filters", List.of(filter(place.name()))));
    }
    return rules;
  }

  private static Map<String, Object> filter(String name) {
    return map(
        "type",
        "ExtensionRef",
        "extensionRef",
        map("group", ENVOY_GATEWAY, "kind", "HTTPRouteFilter", "name", name));
  }

  /** The answer when no decision could be had. */
  private Map<String, Object> directResponse() {
    return place.resource(
        API,
        "HTTPRouteFilter",
        place.name(),
        map(
            "directResponse",
            map(
                "contentType",
                "application/json",
                "statusCode",
                503,
                "body",
                EnvoyGatewayPolicies.body(RouteYaml.UNDECIDED, "503"))));
  }

  /** Envoy Gateway tells a provider the client's host unless this says otherwise. */
  private Map<String, Object> withoutForwardedHost() {
    return place.resource(
        API,
        "HTTPRouteFilter",
        unforwarded(),
        map("urlRewrite", map("appendXForwardedHost", false)));
  }

  private String unforwarded() {
    return place.name() + "-no-forwarded-host";
  }

  private List<Map<String, Object>> backends(Collection<Target> targets) {
    Map<String, Provider> backends = new LinkedHashMap<>();
    targets.forEach(target -> backends.put(backend(target.provider()), target.provider()));
    List<Map<String, Object>> all = new ArrayList<>();
    backends.forEach(
        (backend, provider) -> {
          all.add(backendOf(backend, provider));
          if (provider.tls()) {
            all.add(tlsPolicy(backend, provider));
          }
        });
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
                PathMatch.gateway(path),
                "headers",
                List.of(map("type", "Exact", "name", Wire.PLAN_HEADER, "value", plan))));
      }
    }
    List<Map<String, Object>> routes = new ArrayList<>();
    for (int from = 0; from < matches.size(); from += MOST_MATCHES) {
      List<Object> some = matches.subList(from, Math.min(matches.size(), from + MOST_MATCHES));
      String name = routeName(target, from / MOST_MATCHES);
      routes.add(place.route(name, List.of(rule(some, target, null))));
      routes.add(policies.traffic(name, target));
    }
    return routes;
  }

  private String routeName(Target target, int part) {
    return part(ResourceNames.of(place.name(), target.name(), target.name()), part);
  }

  /** The paths that Drover gives to requests for a target. */
  private static List<String> paths(Target target) {
    return List.copyOf(target.provider().paths(target.model()));
  }

  /** Straight to one target, unchanged but for the path. */
  private List<Object> passedThrough(Target target) {
    List<Object> rules = new ArrayList<>();
    for (Operation operation : Dialects.operations()) {
      String path = target.provider().path(operation);
      if (path != null) {
        rules.add(rule(List.of(map("path", PathMatch.gateway(operation.path()))), target, path));
      }
    }
    return rules;
  }

  private Map<String, Object> rule(List<?> matches, Target target, @Nullable String path) {
    List<Object> filters = new ArrayList<>();
    Map<String, Object> rewrite = map();
    if (!isAddress(target.provider())) {
      rewrite.put("hostname", hostName(target.provider()));
    }
    if (path != null) {
      rewrite.put("path", map("type", "ReplaceFullPath", "replaceFullPath", path));
    }
    if (!rewrite.isEmpty()) {
      filters.add(map("type", "URLRewrite", "urlRewrite", rewrite));
      filters.add(filter(unforwarded()));
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

  private String backend(Provider provider) {
    return ResourceNames.of(
        place.name(),
        provider.host() + "-" + provider.port(),
        provider.tls() + "|" + provider.host() + "|" + provider.port());
  }

  /** The Gateway API takes no name with a dot at its end. */
  private static String hostName(Provider provider) {
    return provider.host().replaceFirst("\\.$", "");
  }

  /** Envoy Gateway takes few short forms of IPv6 addresses; the long form always will do. */
  private static String address(Provider provider) {
    return InetAddress.ofLiteral(provider.host().replaceAll("[\\[\\]]", "")).getHostAddress();
  }

  private static boolean isAddress(Provider provider) {
    return Tree.isAddress(provider.host());
  }

  private Map<String, Object> backendOf(String name, Provider provider) {
    Map<String, Object> endpoint =
        isAddress(provider)
            ? map("ip", map("address", address(provider), "port", provider.port()))
            : map("fqdn", map("hostname", hostName(provider), "port", provider.port()));
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
            map("wellKnownCACertificates", "System", "hostname", hostName(provider))));
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
