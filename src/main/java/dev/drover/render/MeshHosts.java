package dev.drover.render;

import static dev.drover.render.Tree.map;

import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the providers outside a mesh known to it, and plain HTTP to them TLS. */
record MeshHosts(IstioPlace place) {
  private static final int PLAIN = 80;

  /** A ServiceEntry for each host, and a DestinationRule where it has TLS. */
  List<Map<String, Object>> resources(Collection<Target> targets) {
    Map<String, List<Provider>> outside = new TreeMap<>();
    for (Target target : targets) {
      Provider provider = target.provider();
      String host = provider.host().toLowerCase(Locale.ROOT);
      if (!inside(host)) {
        List<Provider> there = outside.computeIfAbsent(host, _ -> new ArrayList<>());
        if (there.stream().noneMatch(each -> each.port() == provider.port())) {
          there.add(provider);
        }
      }
    }
    List<Map<String, Object>> all = new ArrayList<>();
    outside.forEach(
        (host, providers) -> {
          boolean free = providers.stream().noneMatch(provider -> provider.port() == PLAIN);
          Provider tls = providers.stream().filter(Provider::tls).findFirst().orElse(null);
          all.add(serviceEntry(host, providers, free ? tls : null));
          if (tls != null && free) {
            all.add(destinationRule(host));
          }
        });
    return all;
  }

  /** The mesh knows its own services, and an address needs no entry. */
  private static boolean inside(String host) {
    return isService(host) || Tree.isAddress(host);
  }

  /** Returns whether a host is that of a service in the cluster. */
  static boolean isService(String host) {
    return host.endsWith(".svc") || host.endsWith(".svc.cluster.local") || !host.contains(".");
  }

  /**
   * A host outside the mesh.
   *
   * @param originated whom plain HTTP is turned into TLS for; null: nobody
   */
  private Map<String, Object> serviceEntry(
      String host, List<Provider> providers, @Nullable Provider originated) {
    List<Object> ports = new ArrayList<>();
    for (Provider provider : providers) {
      String protocol = provider.tls() ? "TLS" : "HTTP";
      ports.add(
          map(
              "number",
              provider.port(),
              "name",
              protocol.toLowerCase(Locale.ROOT) + "-" + provider.port(),
              "protocol",
              protocol));
    }
    if (originated != null) {
      ports.add(
          map(
              "number",
              PLAIN,
              "name",
              "http-" + PLAIN,
              "protocol",
              "HTTP",
              "targetPort",
              originated.port()));
    }
    return place.resource(
        "v1",
        "ServiceEntry",
        name(host),
        map(
            "hosts",
            List.of(host),
            "exportTo",
            List.of("."),
            "location",
            "MESH_EXTERNAL",
            "resolution",
            "DNS",
            "ports",
            ports));
  }

  /** TLS for what comes in plain, the provider's name and certificate checked. */
  private Map<String, Object> destinationRule(String host) {
    Map<String, Object> tls =
        map(
            "mode",
            "SIMPLE",
            "sni",
            host,
            "subjectAltNames",
            List.of(host),
            "caCertificates",
            "system");
    return place.resource(
        "v1",
        "DestinationRule",
        name(host),
        map(
            "host",
            host,
            "exportTo",
            List.of("."),
            "trafficPolicy",
            map("portLevelSettings", List.of(map("port", map("number", PLAIN), "tls", tls)))));
  }

  private String name(String host) {
    return ResourceNames.of(place.name(), host, host);
  }
}
