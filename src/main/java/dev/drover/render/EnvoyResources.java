package dev.drover.render;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.XdsConfig;
import dev.drover.json.Yaml;
import java.util.List;
import java.util.Map;

/**
 * The resources that Envoy gets over xDS instead of in its bootstrap. Immutable.
 *
 * @param clusters each an {@code envoy.config.cluster.v3.Cluster} as JSON
 * @param routes an {@code envoy.config.route.v3.RouteConfiguration} as JSON
 */
public record EnvoyResources(List<String> clusters, String routes) {
  /** The secret with the CA certificates for providers, where Drover serves them. */
  public static final String TRUSTED_CA = "drover_trusted_ca";

  public EnvoyResources {
    clusters = List.copyOf(clusters);
  }

  /** Returns the resources for a config. */
  public static EnvoyResources of(GatewayConfig config) {
    XdsConfig xds = config.server().xds();
    Map<String, Object> trusted =
        xds == null || xds.trustedCa() == null
            ? TlsYaml.file(config.envoy().trustedCa())
            : TlsYaml.served();
    Clusters clusters = new Clusters(config, new ExtProcYaml(config), trusted);
    return new EnvoyResources(
        clusters.all().stream().map(Yaml::writeJsonLine).toList(),
        Yaml.writeJsonLine(new RouteYaml(config, clusters).routeConfig()));
  }
}
