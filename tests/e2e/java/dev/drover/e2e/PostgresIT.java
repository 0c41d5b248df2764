package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.app.Server;
import dev.drover.catalog.Catalog;
import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.LedgerConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.ledger.Events;
import dev.drover.ledger.Ledger;
import dev.drover.ledger.OlderLedger;
import dev.drover.ledger.Store;
import dev.drover.record.ExchangeRecord;
import dev.drover.testing.Soak;
import dev.drover.tools.standin.Ports;
import dev.drover.types.Ticker;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger in a real PostgreSQL, which goes away under load and comes back. */
@Tag("soak")
class PostgresIT {
  private static final Duration AWAY = Duration.ofSeconds(Soak.of(6, 60));
  private static final int PER_SECOND = 200;

  /** In the long form the pool's connections give up by then. */
  private static final Duration LONG_FOR_A_STATEMENT = Duration.ofSeconds(Soak.of(2, 22));

  @TempDir private Path folder;
  private final ConcurrentLinkedQueue<ExchangeRecord> records = new ConcurrentLinkedQueue<>();
  private Path config;
  private GatewayConfig loaded;

  private EmbeddedPostgres postgres(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setOverrideWorkingDirectory(Path.of("target", "postgresql").toAbsolutePath().toFile())
        .setDataDirectory(folder.resolve("pg"))
        .setCleanDataDirectory(false)
        .setPGStartupWait(Duration.ofSeconds(60))
        .start();
  }

  private Server drover(int postgresPort, int listen, String state) throws IOException {
    config = folder.resolve("drover.yaml");
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0", state_dir: "%s/%s", drain: 5s }
        ledger: { store: postgresql, url: "jdbc:postgresql://127.0.0.1:%d/postgres", user: postgres }
        providers: { p: { base_url: "http://127.0.0.1:1/v1" } }
        targets: { cheap: { provider: p, model: m, price: { input: 0.14, output: 0.42 } } }
        models: { chat: { targets: [cheap], budgets: [ { limit_usd: 1000 } ] } }
        """
            .formatted(listen, folder, state, postgresPort));
    loaded = Rig.load(config);
    return new Server(config, loaded, List.of(records::add));
  }

  private static Map<String, Object> ledger(Server server) throws Exception {
    return Yaml.readMap(Http.get("http://" + server.adminAddress() + "/ledger").body());
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  private Map<String, Object> counts() throws Exception {
    try (Store store = Store.openToRead(loaded.ledger(), folder, null)) {
      return store
          .query(
              "SELECT (SELECT COUNT(*) FROM usage_event) AS events, (SELECT SUM(events) FROM usage_day) AS days, (SELECT SUM(charged_nano_usd) FROM usage_day) AS charged",
              List.of())
          .getFirst();
    }
  }

  private static LedgerConfig at(int port) {
    return new LedgerConfig(
        "postgresql", null, url(port), "postgres", null, 400, new ByteSize(1 << 20));
  }

  private static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  @Test
  void attemptsOfAnOlderLedger_comeAlong_howeverLongItTakes() throws Exception {
    int port = Ports.free();
    try (EmbeddedPostgres postgres = postgres(port)) {
      OlderLedger.make(url(port), "postgres");
      try (Connection other = postgres.getPostgresDatabase().getConnection();
          Statement statement = other.createStatement();
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        other.setAutoCommit(false);
        statement.execute("LOCK TABLE usage_event");
        Future<Store> opened = threads.submit(() -> Store.open(at(port), folder, null));
        Thread.sleep(LONG_FOR_A_STATEMENT);
        other.commit();
        try (Store store = opened.get()) {
          OlderLedger.check(store);
        }
      }
    }
  }

  @Test
  void eventThatTheDatabaseRejects_isLost_andNoOther() throws Exception {
    int port = Ports.free();
    try (EmbeddedPostgres postgres = postgres(port);
        Connection admin = postgres.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      LedgerConfig at = at(port);
      Store.open(at, folder, null).close();
      statement.execute("ALTER TABLE usage_event ADD CHECK (team <> 'bad')");
      try (Ledger ledger =
          Ledger.start(
              at,
              folder,
              () -> null,
              _ -> true,
              Ticker.system(),
              InstantSource.system(),
              Duration.ofSeconds(20))) {
        for (int i = 0; i < 100; i++) {
          String team = i == 57 ? "bad" : "good";
          ledger.finished(Events.record("id-" + i, team, Instant.now(), 1, 1, 1));
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (ledger.status().recorded() < 99 && System.nanoTime() < deadline) {
          Thread.sleep(20);
        }
        assertThat(ledger.status().recorded()).isEqualTo(99);
        assertThat(ledger.status().lost()).isEqualTo(1);
        assertThat(ledger.status().spoolBytes()).isZero();
      }
    }
  }

  /** Of all lines of a report as csv by team and model. */
  private static long requests(String csv) {
    return csv.lines().skip(1).mapToLong(line -> Long.parseLong(line.split(",", -1)[2])).sum();
  }

  @Test
  void timeWithoutPostgres_losesNothing_andCountsNothingTwice() throws Exception {
    int port = Ports.free();
    int listen = Ports.free();
    EmbeddedPostgres postgres = postgres(port);
    Server server = drover(port, listen, "one");
    String target =
        Catalog.compile(loaded, Credentials.offline(new Secrets(_ -> null)))
            .targets()
            .iterator()
            .next()
            .id();
    List<String> problems;
    try (Load load = new Load("127.0.0.1:" + listen, target, PER_SECOND)) {
      while (number(ledger(server).getOrDefault("recorded", 0)) < PER_SECOND) {
        Thread.sleep(50);
      }
      postgres.close();
      long answeredBefore = load.answered();
      Thread.sleep(AWAY);
      Map<String, Object> away = ledger(server);
      assertThat(number(away.getOrDefault("spooled", 0))).isPositive();
      assertThat(away.get("problem")).asString().isNotEmpty();
      long answered = load.answered();
      assertThat(answered).as("requests answered while it was away").isGreaterThan(answeredBefore);
      postgres = postgres(port);
      while (number(ledger(server).getOrDefault("spool_bytes", 1)) > 0) {
        Thread.sleep(50);
      }
      problems = load.problems();
    }
    assertThat(ledger(server).get("problem")).asString().isEmpty();
    server.close();
    long charged = records.stream().mapToLong(record -> record.charged().cost().value()).sum();
    assertThat(counts().get("events")).isEqualTo((long) records.size());
    assertThat(number(counts().get("days"))).isEqualTo(records.size());
    assertThat(number(counts().get("charged"))).isEqualTo(charged);

    // another Drover, with nothing on its own disk, knows what is spent
    Server other = drover(port, Ports.free(), "other");
    assertThat(Http.get("http://" + other.adminAddress() + "/budgets").body())
        .contains("\"spent\" : " + BigDecimal.valueOf(charged, 9));
    assertThat(requests(DroverProcess.run("report", config.toString(), "--format", "csv")))
        .as(problems.toString())
        .isEqualTo(records.size());
    other.close();
    postgres.close();
  }
}
