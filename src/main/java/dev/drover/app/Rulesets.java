package dev.drover.app;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.PriceList;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.ProviderCredential;
import dev.drover.credential.Secrets;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.types.Ticker;
import dev.drover.xds.ControlPlane;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ruleset in force and how it is replaced. Thread-safe: readers see one volatile reference; one
 * thread writes at a time.
 */
final class Rulesets {
  private static final Logger log = LoggerFactory.getLogger(Rulesets.class);

  /**
   * A config and what was compiled from it.
   *
   * @param prices how many models its price list has; negative without any
   */
  record InForce(GatewayConfig config, Ruleset ruleset, int prices) {}

  private final Path file;
  private final Secrets secrets;
  private final Credentials credentials;
  private final RuntimeState state;
  private final Ticker ticker;
  private final InstantSource wall;
  private final DataPlaneReadiness readiness;
  private volatile InForce inForce;
  private volatile GatewayConfig tried;
  private volatile List<Catalog> near = List.of();
  private volatile List<Problem> problems = List.of();

  /**
   * @param controlPlane what tells Envoys of changes; null: nothing does
   */
  Rulesets(
      Path file,
      GatewayConfig config,
      Secrets secrets,
      Credentials credentials,
      RuntimeState state,
      Ticker ticker,
      InstantSource wall,
      @Nullable ControlPlane controlPlane) {
    this.file = file;
    this.secrets = secrets;
    this.credentials = credentials;
    this.state = state;
    this.ticker = ticker;
    this.wall = wall;
    this.tried = config;
    this.inForce = compile(1, config, PriceList.size(config.priceList()));
    this.readiness =
        controlPlane == null
            ? DataPlaneReadiness.configured(inForce.ruleset.catalog().clusters())
            : DataPlaneReadiness.told(controlPlane);
  }

  Ruleset current() {
    return inForce.ruleset;
  }

  GatewayConfig config() {
    return inForce.config;
  }

  /** Returns the problems of the file since the last good load; empty when there are none. */
  List<Problem> problems() {
    return problems;
  }

  /**
   * Reads secrets and config again; a broken config changes nothing but what {@link #problems}
   * says.
   *
   * @return whether what was read is in force
   */
  boolean reload() {
    try {
      secrets.refresh();
      return switch (ConfigLoader.load(file)) {
        case Loaded.Sound(GatewayConfig config) -> take(config);
        case Loaded.Broken broken -> refuse(broken);
      };
    } catch (RuntimeException e) {
      log.error("reload of {} failed", file, e);
      return refuse(
          new Loaded.Broken(
              List.of(
                  new Problem("", "not usable: " + e.getClass().getSimpleName(), "see the log"))));
    }
  }

  /** The config that was read last, if it was sound; its files may be what is wrong with it. */
  GatewayConfig tried() {
    return tried;
  }

  /**
   * A target that the ruleset before has, or the one that Envoys are being told of: other Drovers
   * may be behind or ahead. Null when there is none.
   */
  @Nullable Target elsewhere(String id) {
    for (Catalog catalog : near) {
      Target target = catalog.targetById(id);
      if (target != null) {
        return target;
      }
    }
    return null;
  }

  private boolean refuse(Loaded.Broken broken) {
    problems = broken.problems();
    log.error(
        "[rules-{}] stays in force, {} is broken:\n{}",
        inForce.ruleset.version(),
        file,
        broken.report());
    return false;
  }

  private boolean take(GatewayConfig config) {
    try {
      return taken(config);
    } finally {
      retain();
    }
  }

  /** Ends the renewal of credentials that no ruleset needs: this one, or one near to it. */
  private void retain() {
    credentials.retain(
        Stream.concat(near.stream(), Stream.of(inForce.ruleset.catalog()))
            .flatMap(catalog -> catalog.targets().stream())
            .map(target -> target.provider().credentials())
            .toList());
  }

  private boolean taken(GatewayConfig config) {
    tried = config;
    int prices = PriceList.size(config.priceList());
    if (prices >= 0 && 2 * prices < inForce.prices) {
      return refuse(
          new Loaded.Broken(
              List.of(
                  new Problem(
                      "price_list",
                      prices + " models, where there were " + inForce.prices,
                      "at least half of them; a restart takes the list as it is"))));
    }
    Catalog before = inForce.ruleset.catalog();
    Catalog next = Catalog.compile(config, credentials);
    List<Catalog> earlier = near;
    near = List.of(next);
    // compiling a ruleset moves what outlives it: not before the config is accepted
    List<Problem> inTheWay =
        config.envoy().equals(inForce.config.envoy())
            ? readiness.prepare(config, next)
            : List.of(
                new Problem(
                    "envoy", "changed", "Envoy's config rendered again and both restarted"));
    if (!inTheWay.isEmpty()) {
      near = earlier;
      return refuse(new Loaded.Broken(inTheWay));
    }
    boolean again = !problems.isEmpty();
    problems = List.of();
    if (config.equals(inForce.config)) {
      if (again) {
        log.info("[rules-{}] stays in force, {} is sound again", inForce.ruleset.version(), file);
      }
      inForce = new InForce(config, inForce.ruleset, prices);
      return true;
    }
    for (String key : RestartOnlySettings.changed(inForce.config, config)) {
      log.warn("{}: changed (expected: a restart; until then it stays as it was)", key);
    }
    inForce = compile(inForce.ruleset.version() + 1, config, prices);
    near = List.of(before);
    log.info("[rules-{}] in force from {}", inForce.ruleset.version(), file);
    return true;
  }

  private InForce compile(int version, GatewayConfig config, int prices) {
    Ruleset ruleset = Ruleset.compile(version, config, credentials, state, ticker, wall);
    ruleset.catalog().targets().stream()
        .flatMap(target -> target.provider().credentials().all().stream())
        .filter(Predicate.not(ProviderCredential::renews))
        .filter(key -> key.current() == null)
        .distinct()
        .forEach(
            key -> log.warn("credential: {}: no usable key (expected: a key without blanks)", key));
    return new InForce(config, ruleset, prices);
  }
}
