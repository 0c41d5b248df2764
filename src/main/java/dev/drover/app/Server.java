package dev.drover.app;

import dev.drover.admin.AdminListen;
import dev.drover.admin.AdminServer;
import dev.drover.admin.AdminView;
import dev.drover.admin.ExplainView;
import dev.drover.alert.Alerts;
import dev.drover.cache.ResponseCache;
import dev.drover.config.ConfigWatcher;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.TlsConfig;
import dev.drover.config.schema.XdsConfig;
import dev.drover.coordination.Coordinator;
import dev.drover.coordination.redis.RedisCoordinator;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.InFlightExchanges;
import dev.drover.exchange.account.Tracing;
import dev.drover.exchange.pipeline.Explainer;
import dev.drover.extproc.ExtProcServer;
import dev.drover.extproc.ServerTls;
import dev.drover.ledger.Ledger;
import dev.drover.ledger.LedgerStatus;
import dev.drover.record.ExchangeListener;
import dev.drover.state.RuntimeState;
import dev.drover.state.StateFile;
import dev.drover.state.StateLock;
import dev.drover.state.health.HealthRegistry;
import dev.drover.telemetry.AccessLog;
import dev.drover.telemetry.AlertMeters;
import dev.drover.telemetry.CredentialMeters;
import dev.drover.telemetry.ExchangeMeters;
import dev.drover.telemetry.Exemplars;
import dev.drover.telemetry.Gauges;
import dev.drover.telemetry.HandlingMeters;
import dev.drover.telemetry.LedgerMeters;
import dev.drover.telemetry.MemoryMeters;
import dev.drover.telemetry.ProbeMeters;
import dev.drover.telemetry.RedisMeters;
import dev.drover.telemetry.RolloutMeters;
import dev.drover.telemetry.TraceMeters;
import dev.drover.telemetry.XdsMeters;
import dev.drover.telemetry.live.Live;
import dev.drover.telemetry.trace.Traces;
import dev.drover.types.HeldBytes;
import dev.drover.types.Ticker;
import dev.drover.types.UuidV7;
import dev.drover.xds.ControlPlane;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drover as a running whole. Thread-safe. */
public final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** The time that load balancers get to notice a drain. */
  private static final Duration NOTICE = Duration.ofSeconds(2);

  /** The longest that readiness waits for the first tokens of clouds. */
  private static final Duration FIRST_TOKENS = Duration.ofSeconds(10);

  private static final Duration LAST_SAVE = Duration.ofSeconds(5);
  private static final Duration LOOK_AT_DRAIN = Duration.ofMillis(20);
  private static final Duration LAST_STREAMS = Duration.ofSeconds(1);

  private final Credentials credentials;
  private final Rulesets rulesets;
  private final TargetStatus targetStatus;
  private final @Nullable ControlPlane controlPlane;
  private final @Nullable ClusterRetirement retirement;
  private final @Nullable ServerTls tls;
  private final @Nullable ServerTls adminTls;
  private final ExtProcServer extProc;
  private final AdminServer admin;
  private final ConfigWatcher watcher;
  private final Prober prober;
  private final Thread saver;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AccessLog accessLog;
  private final InFlightExchanges inFlight;
  private final StateLock stateLock;
  private final PersistentState persistent;
  private final @Nullable Ledger ledger;
  private final @Nullable RedisCoordinator redis;
  private final @Nullable Traces traces;
  private final Live live;
  private final Gauges gauges;
  private final Alerts alerts;
  private final RuntimeState state;
  private final Ticker ticker;
  private final long startNanos;
  private final Duration drainTime;
  private volatile boolean draining;

  /**
   * Starts everything.
   *
   * @param file the config file, watched from now on
   * @param config what was loaded from it
   * @param more told of finished exchanges too
   * @throws IOException when an address cannot be bound, a TLS file not be read, or another Drover
   *     uses the state's directory; the message names it
   */
  public Server(Path file, GatewayConfig config, List<ExchangeListener> more) throws IOException {
    drainTime = config.server().drain();
    ticker = Ticker.system();
    startNanos = ticker.nanos();
    Secrets secrets = new Secrets(System::getenv);
    Exemplars exemplars = new Exemplars();
    PrometheusMeterRegistry meters = Exemplars.registry(exemplars);
    InstantSource wall = InstantSource.system();
    tls = tls("server.tls", config.server().tls(), wall);
    adminTls = tls("server.admin_tls", config.server().adminTls(), wall);
    Path stateDir = Path.of(config.server().stateDir());
    stateLock = StateLock.take(stateDir);
    persistent =
        new PersistentState(StateFile.open(stateDir), new RolloutMeters(meters), ticker, wall);
    state = persistent.state();
    inFlight = new InFlightExchanges();
    controlPlane = config.server().xds() == null ? null : new ControlPlane(config, wall);
    CredentialMeters credentialMeters = new CredentialMeters(meters);
    credentials = Credentials.asking(secrets, System::getenv, wall, credentialMeters::renewed);
    rulesets = new Rulesets(file, config, secrets, credentials, state, ticker, wall, controlPlane);
    persistent.readLocations(stateDir);
    targetStatus = new TargetStatus(rulesets, state.switches());
    Stores stores = new Stores(config, secrets);
    ledger = stores.ledger(state, ticker, wall);
    redis = stores.redis(state, ticker);
    if (controlPlane != null) {
      XdsMeters.register(meters, controlPlane);
    }
    if (redis != null) {
      RedisMeters.register(meters, redis);
    }
    live = new Live(wall);
    gauges =
        new Gauges(
            meters,
            inFlight,
            state,
            ticker,
            live,
            this::streams,
            () -> rulesets.current().version(),
            () -> !problems().isEmpty(),
            credentials::all);
    accessLog = new AccessLog(System.out);
    List<ExchangeListener> listeners = new ArrayList<>(more);
    listeners.add(live);
    listeners.add(new ExchangeMeters(meters, exemplars));
    if (config.server().accessLog()) {
      listeners.add(accessLog);
    }
    if (ledger != null) {
      listeners.add(ledger);
      LedgerMeters.register(meters, ledger);
    }
    traces = stores.traces(new TraceMeters(meters));
    if (traces != null) {
      listeners.add(traces);
    }
    alerts =
        new Alerts(
            () -> rulesets.config().alerts(),
            secrets,
            credentials::all,
            state,
            this::ledgerStatus,
            targetStatus::asked,
            persistent.alerts(),
            persistent::keepAlerts,
            new AlertMeters(meters)::tried,
            ticker,
            wall);
    AlertMeters.register(meters, alerts);
    listeners.add(alerts.listener());
    HeldBytes held = new HeldBytes(() -> rulesets.current().heldBytes());
    MemoryMeters.register(meters, held);
    ExchangeContext context =
        new ExchangeContext(
            rulesets::current,
            inFlight,
            held,
            new ResponseCache(cacheBytes(config.server().cacheMemory()), ticker),
            redis == null ? Coordinator.ALONE : redis,
            state.responses(),
            new Listeners(listeners),
            traces == null ? Tracing.OFF : new Tracing(true, config.traces().sample()),
            new HandlingMeters(meters),
            ticker,
            wall,
            () -> UuidV7.hex(wall),
            rulesets::elsewhere);
    extProc =
        ExtProcServer.start(
            config.server(), tls, context, controlPlane == null ? null : controlPlane.service());
    retirement = controlPlane == null ? null : new ClusterRetirement(controlPlane, extProc);
    admin =
        startAdmin(
            config,
            secrets,
            meters,
            (path, headers, body, caller) ->
                Explanation.of(new Explainer(context), path, body, headers, caller)
                    .withText()
                    .fields());
    watcher =
        ConfigWatcher.start(
            () -> watched(file, secrets, rulesets.tried()), LOOK_EVERY, this::reload);
    ProbeMeters probeMeters = new ProbeMeters(meters);
    prober =
        Prober.start(
            rulesets::current,
            state.switches(),
            (target, outcome, usage, cost) -> {
              probeMeters.probed(target, outcome, cost);
              if (ledger != null && cost.value() > 0) {
                ledger.probed(target, usage, cost);
              }
            },
            ticker);
    saver = Thread.ofVirtual().name("drover-state").start(this::keepSaving);
    alerts.start();
    extProc.serving();
  }

  private synchronized void reload() {
    if (rulesets.reload() && retirement != null) {
      XdsConfig xds = rulesets.config().server().xds();
      retirement.due(xds == null ? Duration.ZERO : xds.settle());
    }
    if (ledger != null) {
      ledger.readAgain();
    }
    tlsFiles().forEach(ServerTls::readAgain);
    gauges.targetsChanged();
  }

  /** Returns the problems of the config and TLS files since they were last read. */
  private List<Problem> problems() {
    List<Problem> all = new ArrayList<>(rulesets.problems());
    tlsFiles().forEach(files -> all.addAll(files.problems()));
    return all;
  }

  private static long cacheBytes(ByteSize asked) {
    long spared = ResponseCache.spared(asked.bytes(), Runtime.getRuntime().maxMemory());
    if (spared < asked.bytes()) {
      log.warn(
          "server.cache_memory: {} B (expected: at most half of the heap; {} B are used)",
          asked.bytes(),
          spared);
    }
    return spared;
  }

  private int streams() {
    return extProc.streams();
  }

  private LedgerStatus ledgerStatus() {
    return ledger == null ? LedgerStatus.NONE : ledger.status();
  }

  private void keepSaving() {
    try {
      while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        live.tick();
        if (retirement != null) {
          retirement.look();
        }
        persistent.save();
        alerts.save();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the address of the ext_proc server. */
  public String extProcAddress() {
    return extProc.address();
  }

  /** Returns the address of the signs of life, which may be that of the admin server. */
  public String healthAddress() {
    return admin.healthAddress();
  }

  /** Returns the address of the admin server. */
  public String adminAddress() {
    return admin.address();
  }

  /** Exchanges on their way; 0 when all are accounted for. */
  public int exchangesActive() {
    return inFlight.size();
  }

  /** The health of every target seen. */
  public HealthRegistry health() {
    return state.health();
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
    while (inFlight.size() + extProc.streams() > 0 && System.nanoTime() - deadline < 0) {
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
    credentials.close();
    closing.countDown(); // no interrupt: it may be writing a file
    try {
      saver.join(LAST_SAVE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    alerts.close();
    persistent.save();
    extProc.close();
    if (controlPlane != null) {
      controlPlane.close();
    }
    if (ledger != null) {
      ledger.close();
    }
    if (redis != null) {
      redis.close();
    }
    alerts.save();
    persistent.save(); // what streams that were cut have spent
    if (traces != null) {
      traces.close();
    }
    admin.close();
    accessLog.close();
    stateLock.close();
  }

  private AdminServer startAdmin(
      GatewayConfig config, Secrets secrets, PrometheusMeterRegistry meters, ExplainView explainer)
      throws IOException {
    AdminView view =
        new AdminView(
            this::ready,
            rulesets::config,
            () -> rulesets.current().version(),
            this::problems,
            state,
            targetStatus::models,
            targetStatus::targets,
            targetStatus::providers,
            Stores.reader(secrets, config.server().adminToken()),
            persistent::save,
            this::ledgerStatus,
            alerts::page,
            live::page,
            live::exchange,
            () -> controlPlane == null ? Map.of() : controlPlane.page(),
            this::reload,
            explainer,
            ticker,
            meters::scrape);
    try {
      return AdminServer.start(
          AdminListen.of(
              config.server(),
              adminTls == null
                  ? null
                  : new AdminListen.Tls(adminTls.jdkContext(), adminTls.asksClients())),
          view);
    } catch (IOException e) {
      extProc.close();
      accessLog.close();
      throw e;
    }
  }

  private static @Nullable ServerTls tls(String key, @Nullable TlsConfig config, InstantSource wall)
      throws IOException {
    if (config == null) {
      return null;
    }
    ServerTls files = new ServerTls(key, config, wall);
    files.warnIfExpired();
    return files;
  }

  private boolean ready() {
    boolean waited = ticker.nanos() - startNanos > FIRST_TOKENS.toNanos();
    return !draining
        && (waited
            || credentials.all().stream()
                .noneMatch(each -> each.renews() && each.current() == null));
  }

  private List<ServerTls> tlsFiles() {
    return Stream.of(Optional.ofNullable(tls), Optional.ofNullable(adminTls))
        .flatMap(Optional::stream)
        .toList();
  }

  private List<Path> watched(Path file, Secrets secrets, GatewayConfig config) {
    List<Path> files = new ArrayList<>(secrets.files());
    files.add(file);
    tlsFiles().forEach(each -> files.addAll(each.files()));
    if (config.priceList() != null) {
      files.add(Path.of(config.priceList()));
    }
    if (config.server().xds() != null && config.server().xds().trustedCa() != null) {
      files.add(Path.of(config.server().xds().trustedCa()));
    }
    return files;
  }
}
