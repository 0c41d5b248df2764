package dev.drover.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** A ledger whose attempts have a table of their own, as version 1 of its tables had them. */
public final class OlderLedger {
  private static final List<String> IDS = List.of("none", "one", "two");

  private OlderLedger() {}

  /** Makes one with an event without an attempt, one with one, and one with two. */
  public static void make(String url, @Nullable String user) throws SQLException {
    Flyway.configure()
        .dataSource(url, user, null)
        .locations("classpath:dev/drover/ledger/all")
        .table("usage_schema")
        .load()
        .migrate();
    Properties login = new Properties();
    if (user != null) {
      login.put("user", user);
    }
    try (Connection connection = DriverManager.getConnection(url, login);
        Statement statement = connection.createStatement()) {
      for (String id : IDS) {
        statement.executeUpdate(
            "INSERT INTO usage_event VALUES ('%s', 'exchange', 1, 'search', '', '', '', 'chat', 'm', 0, '', '', 'b', 'm', 'complete', 200, '', 'none', 'complete', 10, 0, 0, 0, 5, 0, 15, 7, 15, 7, 0, 9, 3)"
                .formatted(id));
      }
      statement.executeUpdate(
          "INSERT INTO usage_attempt VALUES ('two', 2, 'b', 'success', 200, 8, 'complete', 10, 0, 0, 0, 5, 0, 7), ('two', 1, 'a\"', 'timeout', 0, -1, 'none', 0, 0, 0, 0, 0, 0, 0), ('one', 1, 'b', 'success', 200, 8, 'complete', 10, 1, 2, 3, 5, 4, 7)");
    }
  }

  /** That a store of today has it all, in one with which it can calculate. */
  public static void check(Store store) throws SQLException {
    assertThat(store.query("SELECT id FROM usage_event ORDER BY id", List.of()))
        .extracting(row -> row.get("id"))
        .isEqualTo(IDS);
    assertThat(store.query("SELECT * FROM usage_attempt ORDER BY event_id, n", List.of()))
        .extracting(Map::values)
        .extracting(row -> row.toString())
        .containsExactly(
            "[one, 1, b, success, 200, 8, complete, 10, 1, 2, 3, 5, 4, 7]",
            "[two, 1, a\", timeout, 0, -1, none, 0, 0, 0, 0, 0, 0, 0]",
            "[two, 2, b, success, 200, 8, complete, 10, 0, 0, 0, 5, 0, 7]");
    assertThat(
            store.query(
                "SELECT SUM(input_tokens) AS n FROM usage_attempt WHERE status = 200", List.of()))
        .extracting(row -> String.valueOf(row.get("n")))
        .containsExactly("20");
  }
}
