package dev.drover.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.admission.Owner;
import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.LedgerConfig;
import dev.drover.record.Ending;
import dev.drover.record.ShadowRecord;
import dev.drover.telemetry.LedgerMeters;
import dev.drover.types.NanoDollars;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import dev.drover.usage.v1.UsageEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger on a real SQLite file. */
class LedgerTest {
  private static final Owner SEARCH = new Owner(Owner.Kind.TEAM, "search");

  @TempDir private Path folder;

  private LedgerConfig config() {
    return new LedgerConfig(
        "sqlite", null, null, null, null, Events.RETENTION_DAYS, new ByteSize(1 << 20));
  }

  private Ledger start(LedgerConfig config) throws Exception {
    return start(config, Duration.ofSeconds(20));
  }

  private Ledger start(LedgerConfig config, Duration patience) throws Exception {
    return Ledger.start(
        config, folder, () -> null, _ -> true, Ticker.system(), InstantSource.system(), patience);
  }

  private Store open() throws SQLException {
    return Store.open(config(), folder, null);
  }

  private long count(String table) throws SQLException {
    try (Store store = open()) {
      return number(store.query("SELECT COUNT(*) AS n FROM " + table, List.of()).getFirst(), "n");
    }
  }

  @Test
  void exchange_isStoredWithItsAttempts() throws Exception {
    try (Ledger ledger = start(config())) {
      ledger.finished(Events.record("id-1", "search", Events.NOON, 10, 5, 1_000));
    }
    try (Store store = open()) {
      Map<String, Object> row = store.query("SELECT * FROM usage_event", List.of()).getFirst();
      assertThat(row)
          .containsEntry("id", "id-1")
          .containsEntry("kind", "exchange")
          .containsEntry("team", "search")
          .containsEntry("tags", "{\"centre\":\"a\\\"1\"}")
          .containsEntry("ending", "complete")
          .containsEntry("usage_status", "complete");
      assertThat(number(row, "started_micros")).isEqualTo(Events.NOON.getEpochSecond() * 1_000_000);
      assertThat(number(row, "charged_nano_usd")).isEqualTo(1_003);
      assertThat(number(row, "first_byte_micros")).isEqualTo(3_000);
      List<Map<String, Object>> attempts =
          store.query("SELECT * FROM usage_attempt ORDER BY n", List.of());
      assertThat(attempts).extracting(a -> a.get("outcome")).containsExactly("timeout", "success");
      assertThat(attempts).extracting(a -> number(a, "cost_nano_usd")).containsExactly(3L, 1_000L);
      assertThat(attempts).extracting(a -> a.get("usage_status")).first().isEqualTo("estimated");
      assertThat(number(attempts.getFirst(), "latency_micros")).isEqualTo(-1);
    }
  }

  @Test
  void attemptsOfAnOlderLedger_comeAlong() throws Exception {
    OlderLedger.make("jdbc:sqlite:" + folder.resolve("ledger.db"), null);
    try (Store store = open()) {
      OlderLedger.check(store);
      store.insert(List.of(Events.event("new", "search", Events.NOON, 10, 5, 1_000)));
    }
    assertThat(count("usage_attempt")).isEqualTo(3 + 2);
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) Objects.requireNonNull(row.get(column))).longValue();
  }

  @Test
  void shadowsAndProbes_areMarked_andNobodysBill() throws Exception {
    Usage usage = new Usage(Usage.Status.COMPLETE, 10, 0, 0, 0, 5, 0, 15);
    ShadowRecord.Side side =
        new ShadowRecord.Side(
            "dear", 200, Ending.COMPLETE, 1, 2, usage, new NanoDollars(700), "stop");
    try (Ledger ledger = start(config())) {
      ledger.compared(new ShadowRecord("id-1", Events.NOON, "chat", side, side));
      ledger.probed("dear", usage, new NanoDollars(9));
    }
    try (Store store = open()) {
      assertThat(
              store.query(
                  "SELECT kind, target, cost_nano_usd, charged_nano_usd FROM usage_event ORDER BY kind",
                  List.of()))
          .extracting(
              row ->
                  row.get("kind")
                      + " "
                      + row.get("target")
                      + " "
                      + number(row, "cost_nano_usd")
                      + " "
                      + number(row, "charged_nano_usd"))
          .containsExactly("probe dear 9 0", "shadow dear 700 0");
    }
  }

  @Test
  void sameEventTwice_countsOnce_inDaysToo() throws Exception {
    try (Store store = open()) {
      var event = Events.event("id-1", "search", Events.NOON, 10, 5, 1_000);
      var other = Events.event("id-2", "search", Events.NOON, 1, 1, 1);
      assertThat(store.insert(List.of(event, event))).isEqualTo(1);
      assertThat(store.insert(List.of(event, other))).isEqualTo(1);
      Map<String, Object> day = store.query("SELECT * FROM usage_day", List.of()).getFirst();
      assertThat(number(day, "events")).isEqualTo(2);
      assertThat(number(day, "input_tokens")).isEqualTo(11);
      assertThat(number(day, "cost_nano_usd")).isEqualTo(1_001);
    }
  }

  @Test
  void charged_countsFromTheMicrosecond_acrossDays() throws Exception {
    Instant since = Instant.parse("2026-11-18T17:00:00Z");
    try (Store store = open()) {
      store.insert(
          List.of(
              Events.event("before", "search", since.minusNanos(1_000), 1, 0, 1),
              Events.event("at", "search", since, 10, 0, 10),
              Events.event(
                  "midnight", "search", Instant.parse("2026-11-19T00:00:00Z"), 100, 0, 100),
              Events.event("later", "search", Events.NOON, 1_000, 0, 1_000),
              Events.event("others", "sales", Events.NOON, 5, 0, 5)));
      assertThat(store.charged(SEARCH, true, since)).isEqualTo(1_110 + 3 * 3);
      assertThat(store.charged(SEARCH, false, since)).isEqualTo(1_110 + 3 * 7);
      assertThat(store.charged(SEARCH, true, Instant.parse("2026-11-19T00:00:00Z")))
          .isEqualTo(1_100 + 2 * 3);
      assertThat(store.charged(new Owner(Owner.Kind.KEY, "key-1"), true, since))
          .isEqualTo(1_115 + 4 * 3);
      assertThat(store.charged(new Owner(Owner.Kind.TEAM, "nobody"), true, since)).isZero();
    }
  }

  @Test
  void expiry_keepsTheDays() throws Exception {
    try (Store store = open()) {
      store.insert(
          IntStream.range(0, 25_000)
              .mapToObj(i -> Events.event("old-" + i, "search", Events.NOON, 1, 0, 1))
              .toList());
      store.insert(List.of(Events.event("new", "search", Events.NOON.plusSeconds(60), 1, 0, 1)));
      assertThat(store.expire(Events.NOON.plusSeconds(30))).isEqualTo(25_000);
    }
    assertThat(count("usage_event")).isEqualTo(1);
    assertThat(count("usage_attempt")).isEqualTo(2);
    try (Store store = open()) {
      assertThat(store.charged(SEARCH, true, Instant.parse("2026-11-20T00:00:00Z")))
          .isEqualTo(25_001 * 4);
    }
  }

  @Test
  void storeThatIsDown_hasItsEventsWaitOnDisk_andGetsThemOnce() throws Exception {
    Path db = folder.resolve("ledger.db");
    Files.createDirectory(db); // SQLite cannot open a folder
    Ledger ledger = start(config());
    for (int i = 0; i < 100; i++) {
      ledger.finished(Events.record("id-" + i, "search", Events.NOON, 1, 1, 1));
    }
    await(() -> ledger.status().spooled() == 100);
    assertThat(ledger.status().problem()).contains("ledger.db");
    assertThat(ledger.status().spoolBytes()).isPositive();
    assertThat(ledger.since(SEARCH, true, Events.NOON)).isNull();
    Files.delete(db);
    await(() -> ledger.status().recorded() == 100);
    ledger.finished(Events.record("id-100", "search", Events.NOON, 1, 1, 1));
    await(() -> ledger.status().recorded() == 101);
    assertThat(ledger.status().problem()).isEmpty();
    assertThat(ledger.status().spoolBytes()).isZero();
    assertThat(ledger.status().lagNanos()).isZero();
    ledger.close();
    assertThat(count("usage_event")).isEqualTo(101);
  }

  @Test
  void storeThatWasLockedForLong_isUsedAgain_andDaysAgreeWithEvents() throws Exception {
    try (Ledger ledger = start(config())) {
      try (Connection other =
              DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        ledger.finished(Events.record("id-1", "search", Events.NOON, 1, 1, 1));
        await(() -> ledger.status().spooled() == 1); // for longer than SQLite waits
        statement.execute("ROLLBACK");
      }
      ledger.finished(Events.record("id-2", "search", Events.NOON, 1, 1, 1));
      await(() -> ledger.status().recorded() == 2 && ledger.status().problem().isEmpty());
    }
    assertThat(count("usage_event")).isEqualTo(2);
    assertThat(count("usage_day WHERE events = 2")).isEqualTo(1);
  }

  @Test
  void whatADeadStoreLeftOnDisk_isTakenUpByTheNextRun() throws Exception {
    Path db = folder.resolve("ledger.db");
    Files.createDirectory(db);
    try (Ledger ledger = start(config())) {
      ledger.finished(Events.record("id-1", "search", Events.NOON, 1, 1, 1));
    }
    Files.delete(db);
    try (Ledger ledger = start(config())) {
      assertThat(ledger.status().recorded()).isEqualTo(1);
    }
  }

  @Test
  void whatHappensWhileAnOlderLedgerIsBroughtOver_waitsOnDisk() throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("ledger.db") + "?journal_mode=WAL";
    OlderLedger.make(url, null);
    Ledger ledger;
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE"); // as long as it lasts, nothing is brought over
      ledger = start(config(), Duration.ofMillis(10));
      ledger.finished(Events.record("new", "search", Events.NOON, 1, 1, 1));
      await(() -> ledger.status().spooled() == 1);
      assertThat(ledger.status().problem()).isEqualTo("is being opened");
      statement.execute("ROLLBACK");
    }
    await(() -> ledger.status().recorded() == 1);
    assertThat(ledger.status().problem()).isEmpty();
    ledger.close();
    assertThat(count("usage_event WHERE id = 'new'")).isEqualTo(1);
  }

  @Test
  void whatHappensWhileTheSpoolIsRead_waitsOnDiskAsFarAsThereIsRoom() throws Exception {
    Spool spool = new Spool(folder.resolve("spool"), 64 << 20);
    for (int segment : List.of(5_000, 15_000)) {
      List<UsageEvent> events =
          IntStream.range(0, segment)
              .mapToObj(i -> Events.event(segment + "-" + i, "search", Events.NOON, 1, 1, 1))
              .toList();
      assertThat(spool.append(events)).isTrue();
      assertThat(spool.oldest()).isPresent(); // the next go to a file of their own
    }
    ByteSize full = new ByteSize(spool.bytes());
    Ledger ledger =
        start(
            new LedgerConfig("sqlite", null, null, null, null, Events.RETENTION_DAYS, full),
            Duration.ofMillis(10));
    await(() -> ledger.status().recorded() > 0);
    int fresh = 12_000;
    for (int i = 0; i < fresh; i++) {
      ledger.finished(Events.record("new-" + i, "search", Events.NOON, 1, 1, 1));
    }
    await(() -> ledger.status().recorded() == 20_000 + fresh && ledger.status().spoolBytes() == 0);
    await(() -> ledger.status().problem().isEmpty());
    assertThat(ledger.status().spooled()).isPositive();
    assertThat(ledger.status().lost()).isZero();
    ledger.close();
    assertThat(count("usage_event")).isEqualTo(20_000 + fresh);
  }

  @Test
  void ledgerThatIsLeftWhileItIsOpened_keepsItsEventsOnDisk() throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("ledger.db") + "?journal_mode=WAL";
    OlderLedger.make(url, null);
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      try (Ledger ledger = start(config(), Duration.ofMillis(10))) {
        ledger.finished(Events.record("new", "search", Events.NOON, 1, 1, 1));
      }
    }
    try (Ledger ledger = start(config())) {
      assertThat(ledger.status().recorded()).isEqualTo(1);
    }
  }

  @Test
  void absurdCounts_areBounded_andSumUp() throws Exception {
    try (Ledger ledger = start(config())) {
      for (int i = 0; i < 3; i++) {
        ledger.finished(
            Events.record("id-" + i, "search", Events.NOON, Long.MAX_VALUE, 1, Long.MAX_VALUE));
      }
    }
    try (Store store = open()) {
      assertThat(store.charged(SEARCH, true, Events.NOON)).isEqualTo(3_000_000_000_000_000L);
      assertThat(store.query("SELECT typeof(charged_tokens) AS t FROM usage_day", List.of()))
          .containsExactly(Map.of("t", "integer"));
    }
  }

  @Test
  void foreignFilesInTheSpool_areLeftAlone() throws Exception {
    Files.createDirectories(folder.resolve("spool/00000000000000000000.events"));
    Files.writeString(folder.resolve("spool/backup.events"), "x");
    try (Ledger ledger = start(config())) {
      assertThat(ledger.status().problem()).isEmpty();
    }
    assertThat(folder.resolve("spool/backup.events")).exists();
  }

  @Test
  void reading_makesNothing_andSaysWhatIsNoLedger() throws Exception {
    Path db = folder.resolve("ledger.db");
    assertThatThrownBy(() -> Store.openToRead(config(), folder, null))
        .hasMessageContaining("ledger.db: no ledger");
    Files.createFile(db);
    assertThatThrownBy(() -> Store.openToRead(config(), folder, null))
        .hasMessageContaining("no ledger of Drover");
    assertThat(db).isEmptyFile();
    Files.delete(db);
    open().close();
    try (Store reader = Store.openToRead(config(), folder, null)) {
      assertThatThrownBy(() -> reader.insert(List.of(Events.event("a", "b", Events.NOON, 1, 1, 1))))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void fileThatIsGone_isBegunAnew_andSoIsItsFolder() throws Exception {
    Path state = folder.resolve("state");
    Ledger ledger =
        Ledger.start(
            config(),
            state,
            () -> null,
            _ -> true,
            Ticker.system(),
            InstantSource.system(),
            Duration.ofSeconds(20));
    ledger.finished(Events.record("before", "search", Events.NOON, 1, 1, 1));
    await(() -> ledger.status().recorded() == 1);
    Files.move(state, folder.resolve("elsewhere"));
    ledger.finished(Events.record("after", "search", Events.NOON, 1, 1, 1));
    await(() -> ledger.status().recorded() == 2);
    ledger.close();
    try (Store store = Store.openToRead(config(), state, null)) {
      assertThat(store.query("SELECT id FROM usage_event", List.of()))
          .containsExactly(Map.of("id", "after"));
    }
  }

  @Test
  void path_mayHaveCharactersThatUrlsReserve() throws Exception {
    Path odd = folder.resolve("50% of #1? yes&no; ü");
    try (Store store = Store.open(config(), odd, null)) {
      store.insert(List.of(Events.event("a", "b", Events.NOON, 1, 1, 1)));
    }
    assertThat(odd.resolve("ledger.db")).isRegularFile();
    try (Store reader = Store.openToRead(config(), odd, null)) {
      assertThat(reader.query("SELECT id FROM usage_event", List.of())).hasSize(1);
    }
  }

  @Test
  void spending_isReadAtTheStart_andWhenAsked_untilItWorks() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    try (Ledger ledger =
        Ledger.start(
            config(),
            folder,
            () -> null,
            _ -> reads.incrementAndGet() != 2,
            Ticker.system(),
            InstantSource.system(),
            Duration.ofSeconds(20))) {
      assertThat(reads).hasValue(1);
      ledger.readAgain();
      await(() -> reads.get() == 3);
      Thread.sleep(300);
      assertThat(reads).hasValue(3);
    }
  }

  @Test
  void meters_surviveTheGarbageCollector() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (Ledger ledger = start(config())) {
      LedgerMeters.register(registry, ledger);
      ledger.finished(Events.record("id-1", "search", Events.NOON, 1, 1, 1));
      await(() -> ledger.status().recorded() == 1);
      System.gc();
      assertThat(registry.scrape())
          .contains(
              "drover_ledger_events_total{result=\"recorded\"} 1.0",
              "drover_ledger_spool_bytes 0.0",
              "drover_ledger_lag_seconds 0.0");
    }
  }

  @Test
  void fullDisk_keepsEventsInMemory_untilThereIsRoom() throws Exception {
    Path db = folder.resolve("ledger.db");
    Files.createDirectory(db);
    LedgerConfig tiny =
        new LedgerConfig(
            "sqlite", null, null, null, null, Events.RETENTION_DAYS, new ByteSize(100));
    Ledger ledger = start(tiny);
    ledger.finished(Events.record("id-1", "search", Events.NOON, 1, 1, 1));
    await(() -> ledger.status().problem().contains("spool_max"));
    ledger.finished(Events.record("id-2", "search", Events.NOON, 1, 1, 1));
    Files.delete(db);
    await(() -> ledger.status().recorded() == 2);
    assertThat(ledger.status().lost()).isZero();
    ledger.close();
  }

  @Test
  void queriesByTeamAndDay_useTheIndex() throws Exception {
    try (Store store = open()) {
      assertThat(plan(store, "SELECT * FROM usage_day WHERE team = 'a' AND day >= 3"))
          .contains("SEARCH usage_day USING INDEX sqlite_autoindex_usage_day_1 (team=? AND day>?)");
      assertThat(plan(store, "SELECT * FROM usage_day WHERE day >= 3 AND day < 9"))
          .contains("SEARCH usage_day USING INDEX usage_day_day (day>? AND day<?)");
      assertThat(plan(store, "SELECT * FROM usage_event WHERE team = 'a' AND started_micros >= 3"))
          .contains("USING INDEX usage_event_team (team=? AND started_micros>?)");
      assertThat(plan(store, "SELECT id FROM usage_event WHERE started_micros < 3"))
          .contains("USING INDEX usage_event_started (started_micros<?)");
    }
  }

  private static String plan(Store store, String sql) throws SQLException {
    return store.query("EXPLAIN QUERY PLAN " + sql, List.of()).toString();
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.holds() && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertThat(condition.holds()).isTrue();
  }
}
