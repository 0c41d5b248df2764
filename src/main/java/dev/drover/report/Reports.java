package dev.drover.report;

import dev.drover.catalog.Price;
import dev.drover.ledger.Store;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes reports of a ledger. Blocks. */
public final class Reports {
  private static final Comparator<List<String>> ORDER =
      (a, b) -> {
        int order = 0;
        for (int i = 0; i < a.size() && order == 0; i++) {
          order = a.get(i).compareTo(b.get(i));
        }
        return order;
      };

  private static final String SUMS =
      Stream.of(
              "input_tokens",
              "cached_tokens",
              "written_5m_tokens",
              "written_1h_tokens",
              "output_tokens",
              "reasoning_tokens")
          .map("SUM(%1$s) AS %1$s"::formatted)
          .collect(Collectors.joining(", "));

  private final Store store;

  public Reports(Store store) {
    this.store = store;
  }

  /**
   * Makes a report.
   *
   * @param since the first day
   * @param until the last day
   * @param now for the present month
   */
  public Report of(
      LocalDate since,
      LocalDate until,
      List<Dimension> by,
      @Nullable Baseline baseline,
      Instant now)
      throws SQLException {
    Map<List<String>, Line> lines = new TreeMap<>(ORDER);
    List<String> notes = new ArrayList<>();
    for (Map<String, Object> row : spent(since, until, by)) {
      lines.merge(key(by, row), line(row), Line::plus);
    }
    if (baseline != null) {
      price(lines, since, until, by, baseline, notes);
    }
    return new Report(
        since,
        until,
        by,
        lines,
        lines.values().stream().reduce(Line.NOTHING, Line::plus),
        baseline == null ? null : baseline.name(),
        cost("shadow", since, until),
        cost("probe", since, until),
        month(now),
        notes);
  }

  private static List<String> key(List<Dimension> by, Map<String, Object> row) {
    return by.stream().map(d -> d.value(column(row, d.column()))).toList();
  }

  private static Object column(Map<String, Object> row, String name) {
    Object value = row.get(name);
    if (value == null) {
      throw new IllegalStateException("ledger: no column " + name);
    }
    return value;
  }

  private static long number(Map<String, Object> row, String name) {
    return ((Number) column(row, name)).longValue();
  }

  private static String columns(List<Dimension> by, Function<String, String> expression) {
    return by.stream()
        .map(Dimension::column)
        .distinct()
        .map(column -> ", " + expression.apply(column))
        .collect(Collectors.joining());
  }

  private List<Map<String, Object>> spent(LocalDate since, LocalDate until, List<Dimension> by)
      throws SQLException {
    return store.query(
        """
        SELECT ending AS ended, SUM(events) AS events, SUM(hits) AS hits, %s,
          SUM(cost_nano_usd) AS cost, SUM(charged_nano_usd) AS charged, SUM(saved_nano_usd) AS saved%s
        FROM usage_day WHERE kind = 'exchange' AND day >= ? AND day <= ?
        GROUP BY ending%s
        """
            .formatted(SUMS, columns(by, c -> c), columns(by, c -> c)),
        List.of(since.toEpochDay(), until.toEpochDay()));
  }

  private static Line line(Map<String, Object> row) {
    String ending = column(row, "ended").toString();
    long events = number(row, "events");
    long cost = number(row, "cost");
    long charged = number(row, "charged");
    boolean whole = ending.equals("complete");
    return new Line(
        events,
        ending.equals("failed") || ending.equals("cut") ? events : 0,
        ending.equals("refused") ? events : 0,
        ending.equals("cancelled") ? events : 0,
        number(row, "hits"),
        number(row, "input_tokens"),
        number(row, "cached_tokens"),
        number(row, "output_tokens"),
        whole ? cost : 0,
        whole ? charged - cost : charged,
        number(row, "saved"),
        null);
  }

  /**
   * Adds what the same tokens would have cost: the sums of days for a flat price, single exchanges
   * for one that has other rates for long prompts.
   */
  private void price(
      Map<List<String>, Line> lines,
      LocalDate since,
      LocalDate until,
      List<Dimension> by,
      Baseline baseline,
      List<String> notes)
      throws SQLException {
    Price price = baseline.price();
    boolean single = !price.tiers().isEmpty() && allSingle(since, until);
    if (!price.tiers().isEmpty() && !single) {
      notes.add(
          "%s: its rates for long prompts are left out, for single exchanges of that time are deleted"
              .formatted(baseline.name()));
    }
    List<Map<String, Object>> rows =
        single ? usageByTier(since, until, by, price) : usageByDay(since, until, by);
    for (Map<String, Object> row : rows) {
      int tier = (int) number(row, "tier");
      Price.Rates rates = tier == 0 ? price.rates() : price.tiers().get(tier - 1).rates();
      Line priced = new Line(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, rates.exactNanos(usage(row)));
      lines.merge(key(by, row), priced, Line::plus);
    }
  }

  private static Usage usage(Map<String, Object> row) {
    return new Usage(
        Usage.Status.COMPLETE,
        number(row, "input_tokens"),
        number(row, "cached_tokens"),
        number(row, "written_5m_tokens"),
        number(row, "written_1h_tokens"),
        number(row, "output_tokens"),
        number(row, "reasoning_tokens"),
        0);
  }

  private List<Map<String, Object>> usageByDay(LocalDate since, LocalDate until, List<Dimension> by)
      throws SQLException {
    return store.query(
        "SELECT 0 AS tier, %s%s FROM usage_day WHERE kind = 'exchange' AND day >= ? AND day <= ? GROUP BY kind%s"
            .formatted(SUMS, columns(by, c -> c), columns(by, c -> c)),
        List.of(since.toEpochDay(), until.toEpochDay()));
  }

  private List<Map<String, Object>> usageByTier(
      LocalDate since, LocalDate until, List<Dimension> by, Price price) throws SQLException {
    StringBuilder tier = new StringBuilder("CASE");
    for (int i = price.tiers().size(); i > 0; i--) {
      tier.append(
          " WHEN input_tokens > %d THEN %d"
              .formatted(price.tiers().get(i - 1).aboveInputTokens(), i));
    }
    tier.append(" ELSE 0 END");
    String day = "started_micros / " + TimeUnit.DAYS.toMicros(1);
    Function<String, String> grouped = column -> column.equals("day") ? day : column;
    return store.query(
        "SELECT %s AS tier, %s%s FROM usage_event WHERE kind = 'exchange' AND started_micros >= ? AND started_micros < ? GROUP BY %s%s"
            .formatted(
                tier,
                SUMS,
                columns(by, column -> grouped.apply(column) + " AS " + column),
                tier,
                columns(by, grouped)),
        List.of(micros(since), micros(until.plusDays(1))));
  }

  private boolean allSingle(LocalDate since, LocalDate until) throws SQLException {
    Map<String, Object> counts =
        store
            .query(
                "SELECT (SELECT COALESCE(SUM(events), 0) FROM usage_day WHERE day >= ? AND day <= ?) AS summed, (SELECT COUNT(*) FROM usage_event WHERE started_micros >= ? AND started_micros < ?) AS single",
                List.of(
                    since.toEpochDay(),
                    until.toEpochDay(),
                    micros(since),
                    micros(until.plusDays(1))))
            .getFirst();
    return number(counts, "summed") == number(counts, "single");
  }

  private static long micros(LocalDate day) {
    return TimeUnit.DAYS.toMicros(day.toEpochDay());
  }

  private NanoDollars cost(String kind, LocalDate since, LocalDate until) throws SQLException {
    return sum(
        "SUM(cost_nano_usd)",
        "kind = ? AND day >= ? AND day <= ?",
        List.of(kind, since.toEpochDay(), until.toEpochDay()));
  }

  private NanoDollars sum(String what, String where, List<Object> values) throws SQLException {
    return new NanoDollars(
        number(
            store
                .query(
                    "SELECT COALESCE(%s, 0) AS sum FROM usage_day WHERE %s".formatted(what, where),
                    values)
                .getFirst(),
            "sum"));
  }

  /**
   * Returns the amount spent this month, and a projection for the whole month from the time
   * elapsed.
   */
  private Report.Month month(Instant now) throws SQLException {
    YearMonth month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
    NanoDollars spent =
        sum(
            "SUM(CASE WHEN kind = 'exchange' THEN charged_nano_usd ELSE cost_nano_usd END)",
            "day >= ? AND day <= ?",
            List.of(month.atDay(1).toEpochDay(), month.atEndOfMonth().toEpochDay()));
    Instant start = month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    long elapsed = Math.max(1, Duration.between(start, now).toSeconds());
    BigDecimal projected =
        spent
            .toUsd()
            .multiply(BigDecimal.valueOf(TimeUnit.DAYS.toSeconds(month.lengthOfMonth())))
            .divide(BigDecimal.valueOf(elapsed), 9, RoundingMode.HALF_UP);
    return new Report.Month(month.toString(), spent, NanoDollars.ofUsd(projected));
  }
}
