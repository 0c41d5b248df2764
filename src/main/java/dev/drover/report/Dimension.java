package dev.drover.report;

import dev.drover.json.Yaml;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * A dimension that a report is grouped by.
 *
 * @param name the name in requests and in the report
 * @param column the ledger's column that the value is derived from
 */
public record Dimension(String name, String column) {
  private static final String TAG = "tag:";
  private static final Map<String, String> COLUMNS =
      Map.of(
          "day", "day", "month", "day", "team", "team", "project", "project", "key", "key_id",
          "model", "model", "target", "target", "ending", "ending");

  /** The names of all dimensions. */
  public static final List<String> NAMES =
      List.of("day", "month", "team", "project", "key", "model", "target", "ending", "tag:NAME");

  /**
   * The dimension of a name.
   *
   * @throws IllegalArgumentException when there is none; the message says what was expected
   */
  public static Dimension of(String name) {
    String column = name.startsWith(TAG) ? "tags" : COLUMNS.get(name);
    if (column == null || name.equals(TAG)) {
      throw new IllegalArgumentException(
          "--group-by: \"%s\" (expected: %s)".formatted(name, String.join(", ", NAMES)));
    }
    return new Dimension(name, column);
  }

  /** The value to show for a value of the column. */
  String value(Object stored) {
    if (name.startsWith(TAG)) {
      String tags = stored.toString();
      Object tag = tags.isEmpty() ? null : Yaml.readMap(tags).get(name.substring(TAG.length()));
      return tag == null ? "" : tag.toString();
    }
    return switch (name) {
      case "day" -> day(stored).toString();
      case "month" -> day(stored).toString().substring(0, "2026-01".length());
      default -> stored.toString();
    };
  }

  private static LocalDate day(Object stored) {
    return LocalDate.ofEpochDay(((Number) stored).longValue());
  }
}
