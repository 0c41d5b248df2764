package dev.drover.app;

import dev.drover.config.schema.CredentialConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.RedisConfig;
import dev.drover.config.schema.TracesConfig;
import dev.drover.coordination.redis.RedisCoordinator;
import dev.drover.credential.Secrets;
import dev.drover.ledger.Ledger;
import dev.drover.state.RuntimeState;
import dev.drover.telemetry.TraceMeters;
import dev.drover.telemetry.trace.Traces;
import dev.drover.types.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens what a config names beyond this process. */
record Stores(GatewayConfig config, Secrets secrets) {
  /**
   * The longest time that the start waits for the ledger. Afterwards requests are served without
   * it.
   */
  private static final Duration LEDGER_PATIENCE = Duration.ofSeconds(10);

  /**
   * Opens the ledger; null when there is none.
   *
   * @throws IOException when its spool cannot be written
   */
  @Nullable Ledger ledger(RuntimeState state, Ticker ticker, InstantSource wall)
      throws IOException {
    if (config.ledger().store().equals("none")) {
      return null;
    }
    try {
      return Ledger.start(
          config.ledger(),
          Path.of(config.server().stateDir()),
          reader(secrets, config.ledger().password()),
          state.controller().budgets()::rebuild,
          ticker,
          wall,
          LEDGER_PATIENCE);
    } catch (IOException e) {
      throw new IOException(
          "server.state_dir: %s: cannot be written (expected: a directory for the ledger's spool, or `ledger: { store: none }`): %s"
              .formatted(config.server().stateDir(), e.getMessage()),
          e);
    }
  }

  /** Connects to Redis; null when there is none. */
  @Nullable RedisCoordinator redis(RuntimeState state, Ticker ticker) {
    RedisConfig at = config.redis();
    if (at == null) {
      return null;
    }
    return RedisCoordinator.start(
        at,
        reader(secrets, at.password()),
        state.controller(),
        state.health(),
        !config.ledger().store().equals("postgresql"),
        ticker);
  }

  /** Begins to send spans; null when none are made. */
  @Nullable Traces traces(TraceMeters meters) {
    TracesConfig traces = config.traces();
    if (traces.endpoint() == null) {
      return null;
    }
    String version = Stores.class.getPackage().getImplementationVersion();
    return new Traces(
        traces, traces.endpoint(), version == null ? "unreleased" : version, this::headers, meters);
  }

  /** A header whose secret cannot be read is left out. */
  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    config
        .traces()
        .headers()
        .forEach(
            (name, place) -> {
              String value = secrets.at(place).value();
              if (value != null) {
                headers.put(name, value);
              }
            });
    return headers;
  }

  /** Reads a secret as it is by now; null where none is configured, or it cannot be read. */
  static Supplier<@Nullable String> reader(Secrets secrets, @Nullable CredentialConfig place) {
    return place == null ? () -> null : secrets.at(place)::value;
  }
}
