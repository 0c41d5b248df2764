package dev.drover.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.drover.admission.Owner;
import dev.drover.config.schema.LedgerConfig;
import dev.drover.types.PrivateFiles;
import dev.drover.usage.v1.UsageEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The database of events: SQLite or PostgreSQL. Thread-safe; every method blocks. What it throws
 * while the database is down passes when that is up again.
 */
public final class Store implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int STATEMENT_SECONDS = 10;
  private static final int CHUNK = 10_000;
  private static final Duration MIGRATION = Duration.ofHours(1);
  private static final String SCRIPTS = "classpath:dev/drover/ledger/";

  private final HikariDataSource source;

  /** The SQLite file, and which one it was when it was opened; null for PostgreSQL. */
  private final @Nullable Path file;

  private final @Nullable Object fileKey;

  private Store(HikariDataSource source, @Nullable Path file) {
    this.source = source;
    this.file = file;
    this.fileKey = file == null ? null : fileKey(file);
  }

  /**
   * Returns whether the SQLite file was deleted or replaced. SQLite would keep writing without an
   * error to a file that nobody can read any more.
   */
  boolean gone() {
    return file != null && !Objects.equals(fileKey, fileKey(file));
  }

  private static @Nullable Object fileKey(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException _) {
      return null;
    }
  }

  /**
   * Opens the configured store and brings its tables up to date.
   *
   * @param stateDir where the SQLite file is by default
   * @param password of the PostgreSQL role, or null
   * @throws SQLException when it cannot be reached or used; the message names it
   */
  public static Store open(LedgerConfig config, Path stateDir, @Nullable String password)
      throws SQLException {
    return open(config, stateDir, password, true);
  }

  /**
   * Opens a store that a Drover has made.
   *
   * @throws SQLException when there is none or it cannot be reached; the message names it
   */
  public static Store openToRead(LedgerConfig config, Path stateDir, @Nullable String password)
      throws SQLException {
    if (config.store().equals("none")) {
      throw new SQLException("ledger.store: none (expected: sqlite or postgresql)");
    }
    if (config.store().equals("sqlite") && !Files.exists(file(config, stateDir))) {
      throw new SQLException(
          file(config, stateDir) + ": no ledger (expected: one that `drover serve` has made)");
    }
    Store store = open(config, stateDir, password, false);
    try {
      store.query("SELECT 1 AS one FROM usage_day WHERE day < 0", List.of());
      return store;
    } catch (SQLException e) {
      store.close();
      throw new SQLException(
          "%s: no ledger of Drover: %s".formatted(name(config, stateDir), root(e)), e);
    }
  }

  private static Store open(
      LedgerConfig config, Path stateDir, @Nullable String password, boolean migrate)
      throws SQLException {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("drover-ledger");
    pool.setInitializationFailTimeout(1); // fail at once: the ledger tries again
    pool.setConnectionTimeout(PATIENCE.toMillis());
    if (config.store().equals("sqlite")) {
      SqliteLibrary.load();
      Path file = file(config, stateDir);
      if (migrate) {
        sqlite(pool, file);
      } else {
        pool.setJdbcUrl("%s?mode=ro%s".formatted(url(file), alone(file)));
        pool.setMaximumPoolSize(1);
      }
    } else {
      postgresql(pool, config, password);
    }
    HikariDataSource source = null;
    try {
      source = new HikariDataSource(pool);
      if (migrate) {
        migrate(pool, config.store());
      }
      return new Store(source, config.store().equals("sqlite") ? file(config, stateDir) : null);
    } catch (PoolInitializationException | FlywayException e) {
      if (source != null) {
        source.close();
      }
      throw new SQLException(
          "%s: cannot be used as the ledger: %s".formatted(name(config, stateDir), root(e)), e);
    }
  }

  /** A file that nobody writes to can be read where nothing may be written. */
  private static String alone(Path file) {
    boolean written = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    boolean writable = Files.isWritable(file.toAbsolutePath().getParent());
    return written || writable ? "" : "&immutable=1";
  }

  /**
   * By a connection of its own: a large ledger takes longer than any statement of the pool's may.
   */
  private static void migrate(HikariConfig pool, String database) {
    Flyway.configure()
        .dataSource(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword())
        .jdbcProperties(Map.of("socketTimeout", Long.toString(MIGRATION.toSeconds())))
        .locations(SCRIPTS + "all", SCRIPTS + database)
        .table("usage_schema")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }

  /** Takes up a password that has been rotated. */
  void password(@Nullable String password) {
    if (password != null) {
      source.getHikariConfigMXBean().setPassword(password);
    }
  }

  /** The file or database, as messages name it. */
  public static String name(LedgerConfig config, Path stateDir) {
    return config.store().equals("sqlite")
        ? file(config, stateDir).toString()
        : String.valueOf(config.url()).replaceAll("[?].*", "");
  }

  private static Path file(LedgerConfig config, Path stateDir) {
    return config.path() == null ? stateDir.resolve("ledger.db") : Path.of(config.path());
  }

  private static String root(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
  }

  /**
   * Configures a pool for SQLite. One connection writes while others read; a committed transaction
   * is on disk.
   */
  private static void sqlite(HikariConfig pool, Path file) throws SQLException {
    try {
      PrivateFiles.createFolders(file.toAbsolutePath().getParent());
      PrivateFiles.createFile(file); // SQLite's other files take its rights
    } catch (IOException e) {
      throw new SQLException(file + ": its folder cannot be made: " + e.getMessage(), e);
    }
    pool.setJdbcUrl(
        "%s?journal_mode=WAL&synchronous=FULL&busy_timeout=%d&transaction_mode=IMMEDIATE"
            .formatted(url(file), PATIENCE.toMillis()));
    pool.setMaximumPoolSize(2);
  }

  /** As a URI, so that no character of the path is taken for a part of the URL. */
  private static String url(Path file) {
    return "jdbc:sqlite:file:" + file.toAbsolutePath().toUri().getRawPath();
  }

  private static void postgresql(
      HikariConfig pool, LedgerConfig config, @Nullable String password) {
    pool.setJdbcUrl(config.url());
    pool.setUsername(config.user());
    pool.setPassword(password);
    pool.setMaximumPoolSize(4);
    pool.addDataSourceProperty("connectTimeout", PATIENCE.toSeconds());
    pool.addDataSourceProperty("socketTimeout", STATEMENT_SECONDS * 2);
    pool.addDataSourceProperty("options", "-c statement_timeout=" + STATEMENT_SECONDS + "s");
    pool.addDataSourceProperty("ApplicationName", "drover");
  }

  /**
   * Stores events in one transaction. Those that are stored already change nothing.
   *
   * @return how many were new
   */
  int insert(List<UsageEvent> events) throws SQLException {
    try (Connection connection = source.getConnection()) {
      try {
        connection.setAutoCommit(false);
        int fresh = insert(connection, events);
        connection.commit();
        return fresh;
      } catch (SQLException e) {
        // SQLite may have ended the transaction itself, or not begun it, without its driver's
        // knowledge: that would write what comes next row by row
        source.evictConnection(connection);
        throw e;
      }
    }
  }

  private static int insert(Connection connection, List<UsageEvent> events) throws SQLException {
    int[] counts;
    try (PreparedStatement rows = connection.prepareStatement(UsageSql.EVENT)) {
      for (UsageEvent event : events) {
        UsageSql.event(rows, event);
        rows.addBatch();
      }
      counts = rows.executeBatch();
    }
    int fresh = 0;
    Map<List<Object>, long[]> days = new HashMap<>();
    for (int i = 0; i < counts.length; i++) {
      UsageEvent event = events.get(i);
      if (counts[i] == 0) {
        continue;
      }
      if (counts[i] != 1) {
        throw new SQLException("ledger: the driver does not say which events are new");
      }
      fresh++;
      days.merge(UsageSql.dayKey(event), UsageSql.sums(event), Store::sum);
    }
    try (PreparedStatement rows = connection.prepareStatement(UsageSql.DAY)) {
      for (Map.Entry<List<Object>, long[]> day : inOneOrder(days)) {
        UsageSql.day(rows, day.getKey(), day.getValue());
        rows.addBatch();
      }
      rows.executeBatch();
    }
    return fresh;
  }

  /** So that two Drovers never wait for each other. */
  private static List<Map.Entry<List<Object>, long[]>> inOneOrder(Map<List<Object>, long[]> days) {
    return days.entrySet().stream()
        .sorted(Comparator.comparing(day -> day.getKey().toString()))
        .toList();
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sum = new long[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  /**
   * Returns the amount charged for an owner's requests since a time. Whole days come from their
   * sums, the rest of the first day from its events.
   *
   * @param money whether nano-dollars are asked for; else tokens
   */
  long charged(Owner owner, boolean money, Instant since) throws SQLException {
    String what = money ? "charged_nano_usd" : "charged_tokens";
    long micros =
        TimeUnit.SECONDS.toMicros(since.getEpochSecond())
            + TimeUnit.NANOSECONDS.toMicros(since.getNano());
    long whole = -Math.floorDiv(-micros, UsageSql.DAY_MICROS);
    boolean tag = owner.kind() == Owner.Kind.TAG;
    String of =
        " WHERE kind = 'exchange' AND %s AND "
            .formatted(owner.kind().column() + (tag ? " LIKE ? ESCAPE '!'" : " = ?"));
    String name = tag ? UsageSql.tagged(owner.name()) : owner.name();
    List<Map<String, Object>> sums =
        query(
            "SELECT (SELECT COALESCE(SUM(%1$s), 0) FROM usage_day%2$sday >= ?) + (SELECT COALESCE(SUM(%1$s), 0) FROM usage_event%2$sstarted_micros >= ? AND started_micros < ?) AS charged"
                .formatted(what, of),
            List.of(name, whole, name, micros, whole * UsageSql.DAY_MICROS));
    return ((Number) sums.getFirst().getOrDefault("charged", 0L)).longValue();
  }

  /** Deletes single events older than a time, a part at a time; their days keep the sums. */
  int expire(Instant before) throws SQLException {
    long micros = TimeUnit.SECONDS.toMicros(before.getEpochSecond());
    int all = 0;
    int deleted;
    do {
      String old =
          "(SELECT id FROM usage_event WHERE started_micros < %d ORDER BY started_micros LIMIT %d)"
              .formatted(micros, CHUNK);
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        deleted = statement.executeUpdate("DELETE FROM usage_event WHERE id IN " + old);
      }
      all += deleted;
    } while (deleted == CHUNK);
    return all;
  }

  /** Rows of a query, by column. */
  public List<Map<String, Object>> query(String sql, List<Object> values) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      UsageSql.set(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        List<Map<String, Object>> all = new ArrayList<>();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          Map<String, Object> row = new LinkedHashMap<>();
          for (int i = 1; i <= columns; i++) {
            row.put(rows.getMetaData().getColumnLabel(i), rows.getObject(i));
          }
          all.add(row);
        }
        return all;
      }
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
