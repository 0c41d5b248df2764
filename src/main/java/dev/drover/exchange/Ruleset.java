package dev.drover.exchange;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Secrets;
import dev.drover.config.GatewayConfig;
import dev.drover.routing.Router;
import dev.drover.routing.health.BreakerSettings;
import dev.drover.routing.health.HealthRegistry;
import dev.drover.types.Ticker;

/**
 * Everything compiled from one version of the config. Immutable.
 *
 * @param version counts loads from 1
 * @param catalog what can be asked for and who can answer
 * @param router decides
 * @param fallbacks whether there is an upstream-level filter, so that other targets can be tried
 * @param maxBodyBytes the largest request body
 */
public record Ruleset(
    int version, Catalog catalog, Router router, boolean fallbacks, long maxBodyBytes) {
  /**
   * Compiles a sound config.
   *
   * @param secrets outlives the ruleset
   * @param health outlives the ruleset
   */
  public static Ruleset compile(
      int version, GatewayConfig config, Secrets secrets, HealthRegistry health, Ticker ticker) {
    Catalog catalog = Catalog.compile(config, secrets);
    Router router =
        Router.compile(catalog, BreakerSettings.compile(config.health()), health, ticker);
    boolean fallbacks = config.envoy().fallbacks();
    return new Ruleset(version, catalog, router, fallbacks, config.envoy().maxBody().bytes());
  }
}
