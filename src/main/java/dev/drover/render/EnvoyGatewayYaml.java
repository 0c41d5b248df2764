package dev.drover.render;

import static dev.drover.render.EnvoyGatewayPlace.ENVOY_GATEWAY;
import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.json.Yaml;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Renders the resources of an Envoy Gateway. With {@code envoy.filters: one} all of them are its
 * own routes and policies ({@link EnvoyGatewayRoutes}). With {@code two} an EnvoyPatchPolicy adds
 * what no policy can express: the plan clusters with their filters, the routes to them and the
 * router-level filter.
 */
public final class EnvoyGatewayYaml {
  private static final String FILTER = "dev.drover";
  private static final String API = ENVOY_GATEWAY + "/v1alpha1";
  private static final String TYPE = "type.googleapis.com/envoy.config.";

  private final GatewayConfig config;
  private final EnvoyGatewayPlace place;

  private EnvoyGatewayYaml(GatewayConfig config, EnvoyGatewayPlace place) {
    this.config = config;
    this.place = place;
  }

  /** The resources, each a document. */
  public static String yaml(GatewayConfig config, EnvoyGatewayPlace place) {
    EnvoyGatewayYaml yaml = new EnvoyGatewayYaml(config, place);
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(yaml.clientTrafficPolicy());
    if (config.envoy().fallbacks()) {
      all.add(yaml.undecidedRoute());
      all.add(undecided(place));
      all.add(yaml.patchPolicy());
    } else {
      all.addAll(new EnvoyGatewayRoutes(config, place).resources());
    }
    return all.stream().map(Yaml::write).collect(Collectors.joining("---\n"));
  }

  /** Room for whole bodies, and no header from clients that only Drover may set. */
  private Map<String, Object> clientTrafficPolicy() {
    return place.resource(
        API,
        "ClientTrafficPolicy",
        place.name(),
        map(
            "targetRefs",
            List.of(place.ourGateway()),
            "connection",
            map("bufferLimit", quantity(config)),
            "headers",
            map(
                "earlyRequestHeaders",
                map(
                    "remove",
                    List.of(Wire.PLAN_HEADER, Wire.SHADOW_HEADER, Wire.EXCHANGE_HEADER)))));
  }

  static String quantity(GatewayConfig config) {
    return Long.toString(RaisedLimits.bufferBytes(config));
  }

  /** Makes the host known; the patch puts its routes before this one. */
  private Map<String, Object> undecidedRoute() {
    return place.route(place.name(), List.of(undecidedRule(place)));
  }

  /** Hit before the decision, and to stay when Drover is down. */
  static Map<String, Object> undecidedRule(EnvoyGatewayPlace place) {
    List<Object> matches = new ArrayList<>();
    for (Operation operation : Dialects.operations()) {
      matches.add(map("path", PathMatch.gateway(operation.path())));
    }
    return map(
        "matches",
        matches,
        "filters",
        List.of(
            map(
                "type",
                "ExtensionRef",
                "extensionRef",
                map("group", ENVOY_GATEWAY, "kind", "HTTPRouteFilter", "name", place.name()))));
  }

  /** The answer when no decision could be had. */
  static Map<String, Object> undecided(EnvoyGatewayPlace place) {
    String body =
        Yaml.writeJsonLine(
            map(
                "error",
                map(
                    "message",
                    RouteYaml.UNDECIDED,
                    "type",
                    "proxy_error",
                    "code",
                    Wire.ENVOY_CODE + "503")));
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
                map("type", "Inline", "inline", body))));
  }

  private Map<String, Object> patchPolicy() {
    ExtProcYaml extProc = new ExtProcYaml(config);
    Clusters clusters = new Clusters(config, extProc);
    RouteYaml routes = new RouteYaml(config, clusters.passThrough());
    List<Object> patches = new ArrayList<>();
    clusters.all().forEach(cluster -> patches.add(cluster(cluster)));
    patches.add(cluster(extProc.cluster(List.of(place.address()))));
    Map<String, Object> filter = extProc.routerLevel();
    filter.put("name", FILTER);
    filter.put("disabled", true);
    String chain = place.https() ? "/filter_chains/0" : "/default_filter_chain";
    patches.add(
        patch(
            "listener.v3.Listener",
            place.xdsName(),
            map(
                "op",
                "add",
                "path",
                chain + "/filters/0/typed_config/http_filters/0",
                "value",
                filter)));
    List<Map<String, Object>> added = new ArrayList<>(routes.undecidedAlone());
    added.add(routes.decidedAlone());
    added.forEach(route -> patches.add(routePatch(route)));
    return place.resource(
        API,
        "EnvoyPatchPolicy",
        place.name(),
        map("targetRef", place.ourGateway(), "type", "JSONPatch", "jsonPatches", patches));
  }

  private static Map<String, Object> cluster(Map<String, Object> cluster) {
    return patch(
        "cluster.v3.Cluster",
        String.valueOf(cluster.get("name")),
        map("op", "add", "path", "", "value", cluster));
  }

  /** A route for whose requests Drover is asked, and that may have bodies to be read whole. */
  private Map<String, Object> routePatch(Map<String, Object> route) {
    route.put(
        "typed_per_filter_config",
        map(FILTER, typed("envoy.config.route.v3.FilterConfig", "config", map())));
    route.put("request_body_buffer_limit", RaisedLimits.bufferBytes(config));
    return patch(
        "route.v3.RouteConfiguration",
        place.xdsName(),
        map(
            "op",
            "add",
            "jsonPath",
            "$.virtual_hosts[?(@.domains[0]=='" + place.host() + "')]",
            "path",
            "/routes/0",
            "value",
            route));
  }

  private static Map<String, Object> patch(
      String type, String name, Map<String, Object> operation) {
    return map("type", TYPE + type, "name", name, "operation", operation);
  }
}
