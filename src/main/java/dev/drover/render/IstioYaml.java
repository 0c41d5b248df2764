package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.json.Yaml;
import dev.drover.types.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Renders the resources for a mesh of Istio 1.29 (Envoy 1.37) or newer. With {@code envoy.filters:
 * one} Istio 1.28 (Envoy 1.36) is enough, if the limit of the listener is raised.
 *
 * <p>The resources are an EnvoyFilter with the filters and the routes, others with the clusters,
 * and a VirtualService for the host that clients call. On demand there are a ServiceEntry and a
 * DestinationRule for each provider outside the mesh.
 *
 * <p>The router-level filter is disabled for all other hosts, so other traffic at the same proxies
 * is untouched.
 */
public final class IstioYaml {
  private static final String ROUTE = "drover";
  private static final String FILTER = "dev.drover";

  /** A cluster without endpoints, which every proxy of Istio has. */
  private static final String NOWHERE = "BlackHoleCluster";

  /** Any number says that the order among EnvoyFilters matters; those of others come first. */
  private static final int PRIORITY = 10;

  private static final String MANAGER = "envoy.filters.network.http_connection_manager";

  /** A resource that grows beyond 256 KiB cannot be applied. */
  private static final int MOST_CLUSTERS = 20;

  private final GatewayConfig config;
  private final IstioPlace place;
  private final ExtProcYaml extProc;
  private final Clusters clusters;
  private final RouteYaml routes;

  private IstioYaml(GatewayConfig config, IstioPlace place) {
    this.config = config;
    this.place = place;
    this.extProc =
        place.service() == null
            ? new ExtProcYaml(config)
            : new ExtProcYaml(config, List.of(place.service()), meshCluster(place.service()));
    this.clusters = new Clusters(config, extProc);
    this.routes = new RouteYaml(config, clusters);
  }

  /** The resources, each a document. */
  public static String yaml(GatewayConfig config, IstioPlace place) {
    return new IstioYaml(config, place)
        .resources().stream().map(Yaml::write).collect(Collectors.joining("---\n"));
  }

  /**
   * Returns a sentence for each provider that the mesh may not let through: plan clusters have no
   * certificate of the mesh.
   */
  public static List<String> warnings(GatewayConfig config) {
    return new Clusters(config, new ExtProcYaml(config))
        .catalog().targets().stream()
            .map(Target::provider)
            .filter(provider -> !provider.tls() && MeshHosts.isService(provider.host()))
            .map(
                provider ->
                    "warning: providers.%s.base_url: http://%s is called without mTLS (expected: a port that takes plain HTTP; a PeerAuthentication in mode STRICT refuses it)"
                        .formatted(provider.name(), provider.authority()))
            .distinct()
            .toList();
  }

  /** As Istio names the cluster of a service. */
  private static String meshCluster(String service) {
    HostPort at = HostPort.parse(service);
    return "outbound|%d||%s".formatted(at.port(), at.host());
  }

  private List<Map<String, Object>> resources() {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(envoyFilter(place.name(), filters()));
    List<Object> added = new ArrayList<>();
    clusters.all().forEach(cluster -> added.add(patch("CLUSTER", map(), "ADD", cluster)));
    if (place.service() == null) {
      added.add(patch("CLUSTER", map(), "ADD", extProc.cluster()));
    }
    for (int from = 0; from < added.size(); from += MOST_CLUSTERS) {
      String name = place.name() + "-clusters-" + (1 + from / MOST_CLUSTERS);
      all.add(envoyFilter(name, added.subList(from, Math.min(added.size(), from + MOST_CLUSTERS))));
    }
    all.add(virtualService());
    if (place.serviceEntries()) {
      all.addAll(new MeshHosts(place).resources(clusters.catalog().targets()));
    }
    return all;
  }

  private Map<String, Object> envoyFilter(String name, List<Object> patches) {
    return place.resource(
        "v1alpha3",
        "EnvoyFilter",
        name,
        map(
            "workloadSelector",
            map("labels", place.selector()),
            "priority",
            PRIORITY,
            "configPatches",
            patches));
  }

  /** The filters, and the routes; each of these is put before those that are there. */
  private List<Object> filters() {
    List<Object> patches = new ArrayList<>();
    patches.add(
        patch(
            "NETWORK_FILTER",
            listener(map("name", MANAGER)),
            "MERGE",
            Tree.extension(
                MANAGER,
                typed(
                    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    "early_header_mutation_extensions",
                    List.of(EnvoyBootstrap.forgedHeaders()),
                    "local_reply_config",
                    LocalReplies.atHost(place.host())))));
    if (place.listenerLimit()) {
      Map<String, Object> listener =
          place.atGateway() ? map() : map("listener", map("portNumber", place.port()));
      Map<String, Object> limit =
          map("per_connection_buffer_limit_bytes", RaisedLimits.bufferBytes(config));
      patches.add(patch("LISTENER", listener, "MERGE", limit));
    }
    Map<String, Object> filter = extProc.routerLevel();
    filter.put("name", FILTER);
    filter.put("disabled", true);
    patches.add(
        patch(
            "HTTP_FILTER",
            listener(map("name", MANAGER, "subFilter", map("name", "envoy.filters.http.router"))),
            "INSERT_BEFORE",
            filter));
    // Envoy reads no body beyond its listener's limit for a direct response, so there must be a
    // cluster
    Map<String, Object> undecided = map("route", map("cluster", NOWHERE));
    patches.add(patch("HTTP_ROUTE", route(ROUTE), "MERGE", on(undecided)));
    List<Map<String, Object>> first = new ArrayList<>(routes.passedThrough());
    first.addAll(routes.decidedAlone());
    first.forEach(each -> patches.add(patch("HTTP_ROUTE", route(null), "INSERT_FIRST", on(each))));
    return patches;
  }

  private Map<String, Object> patch(
      String applyTo, Map<String, Object> match, String operation, Map<String, Object> value) {
    Map<String, Object> where = map("context", place.context());
    where.putAll(match);
    return map(
        "applyTo", applyTo, "match", where, "patch", map("operation", operation, "value", value));
  }

  private Map<String, Object> listener(Map<String, Object> filter) {
    Map<String, Object> listener = map("filterChain", map("filter", filter));
    if (!place.atGateway()) {
      listener.put("portNumber", place.port());
    }
    return map("listener", listener);
  }

  private Map<String, Object> route(@Nullable String name) {
    Map<String, Object> host = map("name", place.host() + ":" + place.port());
    if (name != null) {
      host.put("route", map("name", name));
    }
    return map("routeConfiguration", map("vhost", host));
  }

  /** A route for whose requests Drover is asked, and that may have bodies to be read whole. */
  private Map<String, Object> on(Map<String, Object> route) {
    route.put("typed_per_filter_config", map(FILTER, ExtProcYaml.enabled()));
    route.put("request_body_buffer_limit", RaisedLimits.bufferBytes(config));
    return route;
  }

  /** Makes the host known, and answers what is met before the decision, and when Drover is down. */
  private Map<String, Object> virtualService() {
    List<Object> matches = new ArrayList<>();
    for (Operation operation : Dialects.operations()) {
      Map<String, Object> match =
          map("uri", PathMatch.istio(operation.path()), "port", place.port());
      if (!place.atGateway()) {
        match.put("sourceLabels", place.selector());
      }
      matches.add(match);
    }
    Map<String, Object> spec =
        map(
            "hosts",
            List.of(place.host()),
            "gateways",
            List.of(place.gateway() == null ? "mesh" : place.gateway()),
            "http",
            List.of(
                map(
                    "name",
                    ROUTE,
                    "match",
                    matches,
                    "directResponse",
                    map("status", 503, "body", map("string", RouteYaml.UNDECIDED)))));
    if (!place.atGateway()) {
      spec.put("exportTo", List.of("."));
    }
    return place.resource("v1", "VirtualService", place.name(), spec);
  }
}
