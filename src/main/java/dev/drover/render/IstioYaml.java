package dev.drover.render;

import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.config.GatewayConfig;
import dev.drover.config.Yaml;
import dev.drover.types.HostPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a mesh of Istio 1.29 (Envoy 1.37) or newer needs: one EnvoyFilter with the filters, the
 * clusters and the routes, a VirtualService for the host that clients call, and for each provider
 * outside the mesh a ServiceEntry and a DestinationRule. With {@code envoy.filters: one} Istio 1.28
 * (Envoy 1.36) will do.
 *
 * <p>The router-level filter is off but for that host: nothing else at the same proxies is touched.
 */
public final class IstioYaml {
  private static final String ROUTE = "drover";
  private static final String FILTER = "dev.drover";
  private static final String MANAGER = "envoy.filters.network.http_connection_manager";
  private static final int PLAIN = 80;

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
            : new ExtProcYaml(config, meshCluster(place.service()));
    this.clusters = new Clusters(config, extProc);
    this.routes = new RouteYaml(config, clusters.passThrough());
  }

  /** The resources, each a document. */
  public static String yaml(GatewayConfig config, IstioPlace place) {
    return new IstioYaml(config, place)
        .resources().stream().map(Yaml::write).collect(Collectors.joining("---\n"));
  }

  /** As Istio names the cluster of a service. */
  private static String meshCluster(String service) {
    HostPort at = HostPort.parse(service);
    return "outbound|%d||%s".formatted(at.port(), at.host());
  }

  private List<Map<String, Object>> resources() {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(envoyFilter());
    all.add(virtualService());
    Map<String, Provider> outside = new LinkedHashMap<>();
    clusters
        .catalog()
        .targets()
        .forEach(target -> outside.putIfAbsent(target.provider().host(), target.provider()));
    outside.values().stream()
        .filter(provider -> !inside(provider.host()))
        .forEach(
            provider -> {
              all.add(serviceEntry(provider));
              if (provider.tls()) {
                all.add(destinationRule(provider));
              }
            });
    return all;
  }

  /** The mesh knows its own services, and an address needs no entry. */
  private static boolean inside(String host) {
    return host.endsWith(".svc")
        || host.endsWith(".svc.cluster.local")
        || host.matches("[0-9.]+|.*:.*")
        || !host.contains(".");
  }

  private Map<String, Object> resource(
      String version, String kind, String name, Map<String, Object> spec) {
    return map(
        "apiVersion",
        "networking.istio.io/" + version,
        "kind",
        kind,
        "metadata",
        map("name", name, "namespace", place.namespace()),
        "spec",
        spec);
  }

  private Map<String, Object> envoyFilter() {
    List<Object> patches = new ArrayList<>();
    clusters.all().forEach(cluster -> patches.add(patch("CLUSTER", map(), "ADD", cluster)));
    if (place.service() == null) {
      patches.add(patch("CLUSTER", map(), "ADD", extProc.cluster()));
    }
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
                    List.of(EnvoyBootstrap.forgedHeaders())))));
    Map<String, Object> filter = extProc.routerLevel();
    filter.put("name", FILTER);
    filter.put("disabled", true);
    patches.add(
        patch(
            "HTTP_FILTER",
            listener(map("name", MANAGER, "subFilter", map("name", "envoy.filters.http.router"))),
            "INSERT_BEFORE",
            filter));
    patches.add(patch("HTTP_ROUTE", route(ROUTE), "MERGE", on(map())));
    patches.add(patch("HTTP_ROUTE", route(null), "INSERT_FIRST", on(routes.decidedAlone())));
    Map<String, Object> spec = map("configPatches", patches);
    if (place.targetRef() == null) {
      spec.put("workloadSelector", map("labels", place.selector()));
    } else {
      spec.put(
          "targetRefs",
          List.of(
              map(
                  "group",
                  "gateway.networking.k8s.io",
                  "kind",
                  "Gateway",
                  "name",
                  place.targetRef())));
    }
    return resource("v1alpha3", "EnvoyFilter", "drover", spec);
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
    route.put(
        "typed_per_filter_config",
        map(FILTER, typed("envoy.config.route.v3.FilterConfig", "config", map())));
    route.put("request_body_buffer_limit", Headroom.bufferBytes(config));
    return route;
  }

  /** What is met before the decision, and stays when Drover is down. */
  private Map<String, Object> virtualService() {
    Target passThrough = clusters.passThrough();
    Map<String, Object> http =
        map("name", ROUTE, "match", List.of(map("uri", map("prefix", "/v1/"))));
    if (passThrough == null) {
      http.put("directResponse", map("status", 503, "body", map("string", RouteYaml.UNDECIDED)));
    } else {
      Provider provider = passThrough.provider();
      http.put("rewrite", map("uri", provider.basePath() + "/", "authority", provider.host()));
      http.put(
          "route",
          List.of(
              map(
                  "destination",
                  map("host", provider.host(), "port", map("number", plainPort(provider))))));
      http.put("timeout", "0s");
    }
    return resource(
        "v1",
        "VirtualService",
        "drover",
        map(
            "hosts",
            List.of(place.host()),
            "gateways",
            List.of(place.gateway() == null ? "mesh" : place.gateway()),
            "http",
            List.of(http)));
  }

  /** Where the mesh takes plain HTTP for a provider. */
  private static int plainPort(Provider provider) {
    return provider.tls() ? PLAIN : provider.port();
  }

  private Map<String, Object> serviceEntry(Provider provider) {
    List<Object> ports = new ArrayList<>();
    if (provider.tls()) {
      ports.add(map("number", provider.port(), "name", "tls", "protocol", "TLS"));
      ports.add(
          map("number", PLAIN, "name", "http", "protocol", "HTTP", "targetPort", provider.port()));
    } else {
      ports.add(map("number", provider.port(), "name", "http", "protocol", "HTTP"));
    }
    return resource(
        "v1",
        "ServiceEntry",
        name(provider),
        map(
            "hosts",
            List.of(provider.host()),
            "location",
            "MESH_EXTERNAL",
            "resolution",
            "DNS",
            "ports",
            ports));
  }

  /** TLS for what comes in plain, the provider's name and certificate checked. */
  private Map<String, Object> destinationRule(Provider provider) {
    Map<String, Object> tls =
        map(
            "mode",
            "SIMPLE",
            "sni",
            provider.host(),
            "subjectAltNames",
            List.of(provider.host()),
            "caCertificates",
            "system");
    return resource(
        "v1",
        "DestinationRule",
        name(provider),
        map(
            "host",
            provider.host(),
            "trafficPolicy",
            map("portLevelSettings", List.of(map("port", map("number", PLAIN), "tls", tls)))));
  }

  private static String name(Provider provider) {
    return "drover-" + provider.host().replace('.', '-');
  }
}
