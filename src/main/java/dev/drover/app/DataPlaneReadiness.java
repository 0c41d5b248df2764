package dev.drover.app;

import dev.drover.catalog.Catalog;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.xds.ControlPlane;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;

/** Makes the Envoys beside Drover ready for a config, or says that they are not. */
interface DataPlaneReadiness {
  /**
   * Makes them ready for a config; may block for as long as they may take.
   *
   * @param catalog compiled from it
   * @return what keeps it from coming in force; empty: nothing
   */
  List<Problem> prepare(GatewayConfig config, Catalog catalog);

  /**
   * Returns the check for Envoys that have all clusters in their bootstrap. They respond with 503
   * to a plan that is not there.
   *
   * @param known the names of the clusters
   */
  static DataPlaneReadiness configured(Set<String> known) {
    return (_, catalog) ->
        catalog.clusters().stream()
            .filter(cluster -> !known.contains(cluster))
            .map(
                cluster ->
                    new Problem(
                        "",
                        "plan cluster " + cluster + " is new or at another address",
                        "render Envoy's config again and restart both"))
            .toList();
  }

  /** Returns the check for Envoys that get their resources over xDS. */
  static DataPlaneReadiness told(ControlPlane controlPlane) {
    return (config, _) -> {
      try {
        String refusal = controlPlane.prepare(config);
        return refusal == null
            ? List.of()
            : List.of(new Problem("", refusal, "what every Envoy that is connected takes"));
      } catch (UncheckedIOException e) {
        return List.of(new Problem(String.valueOf(e.getMessage()), "cannot be read", "a PEM file"));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return List.of(new Problem("", "stopped", "a Drover that is not on its way down"));
      }
    };
  }
}
