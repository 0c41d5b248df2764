package dev.drover.render;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.PlanCluster;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the clusters that requests of a config may be sent to. */
final class Clusters {
  private final GatewayConfig config;
  private final Catalog catalog;
  private final ClusterYaml yaml;

  Clusters(GatewayConfig config, ExtProcYaml extProc) {
    this(config, extProc, TlsYaml.file(config.envoy().trustedCa()));
  }

  /**
   * @param trusted whom providers' certificates must be of
   */
  Clusters(GatewayConfig config, ExtProcYaml extProc, Map<String, Object> trusted) {
    this.config = config;
    this.catalog = Catalog.compile(config, Credentials.offline(new Secrets(_ -> null)));
    this.yaml = new ClusterYaml(config, extProc, trusted);
  }

  Catalog catalog() {
    return catalog;
  }

  /**
   * Returns the clusters of plans and of shadow copies, and the pass-through cluster if one is
   * configured.
   */
  List<Map<String, Object>> all() {
    List<Map<String, Object>> all = plansAndShadows();
    Target passThrough = passThrough();
    if (passThrough != null) {
      all.add(yaml.passThrough(RouteYaml.PASS_THROUGH, passThrough));
    }
    return all;
  }

  /** Returns the clusters of plans and of shadow copies. */
  List<Map<String, Object>> plansAndShadows() {
    Map<String, Map<String, Object>> plans = new LinkedHashMap<>();
    catalog
        .models()
        .forEach(
            model -> {
              for (PlanCluster plan : model.plans().all()) {
                plans.put(plan.name(), yaml.plan(plan));
              }
            });
    List<Map<String, Object>> all = new ArrayList<>(plans.values());
    catalog.shadows().forEach(target -> all.add(yaml.shadow(target)));
    return all;
  }

  @Nullable Target passThrough() {
    String name = config.envoy().passThrough();
    return name == null ? null : catalog.target(name);
  }
}
