package dev.drover.app;

import dev.drover.admin.AdminServer;
import dev.drover.admin.AdminView;
import dev.drover.catalog.Model;
import dev.drover.catalog.Secret;
import dev.drover.catalog.Secrets;
import dev.drover.catalog.Target;
import dev.drover.config.ConfigWatcher;
import dev.drover.config.CredentialConfig;
import dev.drover.config.GatewayConfig;
import dev.drover.exchange.ExchangeContext;
import dev.drover.exchange.ExchangeListener;
import dev.drover.exchange.Journeys;
import dev.drover.extproc.ExtProcServer;
import dev.drover.routing.Memory;
import dev.drover.routing.health.HealthRegistry;
import dev.drover.telemetry.AccessLog;
import dev.drover.telemetry.ExchangeMeters;
import dev.drover.telemetry.Gauges;
import dev.drover.telemetry.ProbeMeters;
import dev.drover.telemetry.RolloutMeters;
import dev.drover.types.Ticker;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Drover as a running whole. Thread-safe. */
public final class Server implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** How long load balancers are given to notice. */
  private static final Duration NOTICE = Duration.ofSeconds(1);

  private static final Duration LOOK_AT_DRAIN = Duration.ofMillis(20);
  private static final Duration LAST_STREAMS = Duration.ofSeconds(1);

  private final Rulesets rulesets;
  private final ExtProcServer extProc;
  private final AdminServer admin;
  private final ConfigWatcher watcher;
  private final Prober prober;
  private final Thread saver;
  private final AccessLog accessLog;
  private final Journeys journeys;
  private final Remembered remembered;
  private final Memory memory;
  private final Ticker ticker;
  private final Duration drainTime;
  private volatile boolean draining;

  /**
   * Starts everything.
   *
   * @param file the config file, watched from now on
   * @param config what was loaded from it
   * @param more told of finished exchanges too
   * @throws IOException when an address cannot be bound; the message names it
   */
  public Server(Path file, GatewayConfig config, List<ExchangeListener> more) throws IOException {
    drainTime = config.server().drain();
    ticker = Ticker.system();
    Secrets secrets = new Secrets(System::getenv);
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    InstantSource wall = InstantSource.system();
    remembered =
        new Remembered(
            StateFile.open(Path.of(config.server().stateDir())),
            new RolloutMeters(meters),
            ticker,
            wall);
    memory = remembered.memory();
    journeys = new Journeys();
    rulesets = new Rulesets(file, config, secrets, memory, ticker, wall);
    Gauges gauges =
        new Gauges(
            meters,
            journeys,
            memory,
            ticker,
            () -> rulesets.current().version(),
            () -> !rulesets.problems().isEmpty());
    accessLog = new AccessLog(System.out);
    List<ExchangeListener> listeners = new ArrayList<>(more);
    listeners.add(new ExchangeMeters(meters));
    if (config.server().accessLog()) {
      listeners.add(accessLog);
    }
    ExchangeContext context =
        new ExchangeContext(
            rulesets::current, journeys, new Listeners(listeners), ticker, wall, Server::freshId);
    extProc = ExtProcServer.start(config.server(), context);
    admin = startAdmin(config, secrets, meters);
    watcher =
        ConfigWatcher.start(
            () -> watched(file, secrets),
            LOOK_EVERY,
            () -> {
              rulesets.reload();
              gauges.targetsChanged();
            });
    prober = Prober.start(rulesets::current, memory.switches(), new ProbeMeters(meters), ticker);
    saver = Thread.ofVirtual().name("drover-state").start(this::keepSaving);
    extProc.serving();
  }

  private void keepSaving() {
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY.toMillis());
        remembered.save();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where the ext_proc server listens. */
  public String extProcAddress() {
    return extProc.address();
  }

  /** Where the admin server listens. */
  public String adminAddress() {
    return admin.address();
  }

  /** Exchanges on their way; 0 when all are accounted for. */
  public int exchangesActive() {
    return journeys.size();
  }

  /** The health of every target seen. */
  public HealthRegistry health() {
    return memory.health();
  }

  /**
   * Tells health checks to send nothing more, lets exchanges under way finish within the configured
   * time, then stops. Streams are still accepted meanwhile: an exchange under way needs one for
   * each further attempt.
   */
  public void drain() throws InterruptedException {
    draining = true;
    extProc.refuseHealthChecks();
    long deadline = System.nanoTime() + drainTime.toNanos();
    Thread.sleep(Math.min(NOTICE.toMillis(), drainTime.toMillis()));
    while (journeys.size() > 0 && System.nanoTime() - deadline < 0) {
      Thread.sleep(LOOK_AT_DRAIN.toMillis());
    }
    extProc.drain(LAST_STREAMS);
    close();
  }

  @Override
  public void close() {
    draining = true;
    watcher.close();
    prober.close();
    saver.interrupt();
    remembered.save();
    extProc.close();
    remembered.save(); // what streams that were cut have spent
    admin.close();
    accessLog.close();
  }

  private AdminServer startAdmin(
      GatewayConfig config, Secrets secrets, PrometheusMeterRegistry meters) throws IOException {
    CredentialConfig place = config.server().adminToken();
    Secret token = place == null ? null : secrets.at(place);
    AdminView view =
        new AdminView(
            () -> !draining,
            rulesets::config,
            () -> rulesets.current().version(),
            rulesets::problems,
            memory,
            () -> names(rulesets.current().catalog().models(), Model::name),
            () -> names(rulesets.current().catalog().targets(), Target::name),
            () -> names(rulesets.current().catalog().targets(), t -> t.provider().name()),
            token == null ? () -> null : token::value,
            remembered::save,
            ticker,
            meters::scrape);
    try {
      return AdminServer.start(config.server().admin(), view);
    } catch (IOException e) {
      extProc.close();
      accessLog.close();
      throw e;
    }
  }

  private static <T> Collection<String> names(Collection<T> all, Function<T, String> name) {
    return all.stream().map(name).distinct().toList();
  }

  private static List<Path> watched(Path file, Secrets secrets) {
    List<Path> files = new ArrayList<>(secrets.files());
    files.add(file);
    return files;
  }

  /** Unique. Not a secret: it links streams through metadata that clients cannot write. */
  private static String freshId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "%016x%016x".formatted(random.nextLong(), random.nextLong());
  }
}
