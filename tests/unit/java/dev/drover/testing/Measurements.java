package dev.drover.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the benchmark on the wire has written, looked up. */
final class Measurements {
  /** The exchange that most is said of. */
  static final String USUAL = "10 KiB, JSON";

  private final List<Map<?, ?>> rows = new ArrayList<>();
  private final Map<?, ?> machine;
  private final Map<String, Object> report;

  /**
   * @param report of one run
   */
  Measurements(Map<String, Object> report) {
    this.report = report;
    machine = (Map<?, ?>) report.get("machine");
    ((List<?>) report.get("rows")).forEach(row -> rows.add((Map<?, ?>) row));
  }

  List<Map<?, ?>> rows() {
    return rows;
  }

  Map<?, ?> machine() {
    return machine;
  }

  /** The soak, or null when there was none. */
  @Nullable Map<?, ?> soak() {
    return (Map<?, ?>) report.get("soak");
  }

  static long whole(Map<?, ?> row, String key) {
    return ((Number) row.get(key)).longValue();
  }

  static double number(Map<?, ?> row, String key) {
    return ((Number) row.get(key)).doubleValue();
  }

  static String millis(Map<?, ?> row, String key) {
    return String.format(Locale.ROOT, "%.2f", number(row, key) / 1000);
  }

  /**
   * @param part of the most that is carried: its divisor; 0: the most itself
   */
  Map<?, ?> row(String shape, String server, int part) {
    return rows.stream()
        .filter(
            row ->
                row.get("shape").equals(shape)
                    && row.get("server").equals(server)
                    && row.get("transport").equals("Unix socket")
                    && (row.get("part") instanceof Number of ? of.intValue() : 0) == part)
        .findFirst()
        .orElseThrow();
  }

  Map<?, ?> own(String shape, String server) {
    return list("own")
        .filter(row -> row.get("shape").equals(shape) && row.get("server").equals(server))
        .findFirst()
        .orElseThrow();
  }

  Stream<Map<?, ?>> list(String key) {
    return maps(report.getOrDefault(key, List.of()));
  }

  static Stream<Map<?, ?>> maps(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list)).stream().map(row -> (Map<?, ?>) row);
  }

  static String label(Map<?, ?> row) {
    return switch (String.valueOf(row.get("server"))) {
      case "routing" -> "Drover, routing";
      case "all" -> "Drover, with keys, limits, budgets and ledger";
      case "echo" -> "a server that sends the request's body back";
      default -> "a server that answers CONTINUE";
    };
  }
}
