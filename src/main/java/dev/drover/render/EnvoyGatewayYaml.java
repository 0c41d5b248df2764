package dev.drover.render;

import static dev.drover.render.EnvoyGatewayPlace.ENVOY_GATEWAY;
import static dev.drover.render.Tree.map;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Renders the resources of an Envoy Gateway. With {@code envoy.filters: one} all of them are its
 * own routes and policies ({@link EnvoyGatewayRoutes}). With {@code two} an EnvoyPatchPolicy adds
 * what no policy can express: the plan clusters with their filters, the routes to them and the
 * router-level filter.
 */
public final class EnvoyGatewayYaml {
  private static final String FILTER = "dev.drover";
  private static final String MANAGER =
      ".filters[?(@.name=='envoy.filters.network.http_connection_manager')]";
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
    EnvoyGatewayRoutes routes = new EnvoyGatewayRoutes(config, place);
    if (config.envoy().fallbacks()) {
      all.addAll(routes.undecided());
      all.add(yaml.patchPolicy());
    } else {
      all.addAll(routes.all());
    }
    return all.stream().map(Yaml::write).collect(Collectors.joining("---\n"));
  }

  /**
   * Room for whole bodies, and no header from clients that only Drover may set. With two filters
   * the patch removes those headers, so that it protects the decided route by itself.
   */
  private Map<String, Object> clientTrafficPolicy() {
    Map<String, Object> spec =
        map(
            "targetRefs",
            List.of(place.ourGateway()),
            "connection",
            map("bufferLimit", Long.toString(RaisedLimits.bufferBytes(config))));
    if (!config.envoy().fallbacks()) {
      List<String> forged = List.of(Wire.PLAN_HEADER, Wire.SHADOW_HEADER, Wire.EXCHANGE_HEADER);
      spec.put("headers", map("earlyRequestHeaders", map("remove", forged)));
    }
    return place.resource(API, "ClientTrafficPolicy", place.name(), spec);
  }

  /**
   * Adds to what Envoy Gateway has made of the routes and policies, and replaces nothing: a policy
   * of the gateway holds for the routes that requests meet first, and other patches stay.
   */
  private Map<String, Object> patchPolicy() {
    ExtProcYaml extProc = new ExtProcYaml(config, List.of(place.address()), ExtProcYaml.CLUSTER);
    Clusters clusters = new Clusters(config, extProc);
    RouteYaml routes = new RouteYaml(config, clusters);
    List<Object> patches = new ArrayList<>();
    clusters.plansAndShadows().forEach(cluster -> patches.add(cluster(cluster)));
    patches.add(cluster(extProc.cluster()));
    Map<String, Object> filter = extProc.routerLevel();
    filter.put("name", FILTER);
    filter.put("disabled", true);
    patches.add(
        listener("", "/early_header_mutation_extensions/-", EnvoyBootstrap.forgedHeaders()));
    for (Object mapper : LocalReplies.mappersAtHost(place.host())) {
      patches.add(listener("", "/local_reply_config/mappers/-", mapper));
    }
    // Before the router and thus after what checks requests, such as the gateway's own policies
    patches.add(listener(".http_filters[?(@.name=='envoy.filters.http.router')]", "", filter));
    String ours =
        "[?search(@.name,'^httproute/%s/%s(-[0-9]+)?/')]"
            .formatted(place.namespace(), place.name());
    patches.add(routes(ours, "/typed_per_filter_config/" + FILTER, ExtProcYaml.enabled()));
    patches.add(routes(ours, "/request_body_buffer_limit", RaisedLimits.bufferBytes(config)));
    for (Map<String, Object> route : routes.decidedAlone()) {
      route.put("typed_per_filter_config", map(FILTER, ExtProcYaml.enabled()));
      route.put("request_body_buffer_limit", RaisedLimits.bufferBytes(config));
      patches.add(routes(null, "/routes/0", route));
    }
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

  /** Adds to the listener's connection managers; with TLS each host has one of its own. */
  private Map<String, Object> listener(String within, String path, Object value) {
    String chains = place.https() ? "$.filter_chains[*]" : "$.default_filter_chain";
    return patch(
        "listener.v3.Listener",
        place.xdsName(),
        add(chains + MANAGER + ".typed_config" + within, path, value));
  }

  /**
   * Adds to the host's routes.
   *
   * @param which a filter on the routes; null: the host itself
   */
  private Map<String, Object> routes(@Nullable String which, String path, Object value) {
    String host = "$.virtual_hosts[?(@.domains[0]=='" + place.host() + "')]";
    return patch(
        "route.v3.RouteConfiguration",
        place.xdsName(),
        add(which == null ? host : host + ".routes" + which, path, value));
  }

  private static Map<String, Object> add(String jsonPath, String path, Object value) {
    return map("op", "add", "jsonPath", jsonPath, "path", path, "value", value);
  }

  private static Map<String, Object> patch(
      String type, String name, Map<String, Object> operation) {
    return map("type", TYPE + type, "name", name, "operation", operation);
  }
}
