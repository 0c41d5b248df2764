package dev.drover.report;

import dev.drover.json.Yaml;
import dev.drover.types.NanoDollars;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes reports: a table for people, CSV (RFC 4180) and JSON with exact amounts for programs. */
public final class ReportText {
  private static final int SHOWN_DECIMALS = 6;

  private ReportText() {}

  /** A table, with amounts rounded half up to six decimals. */
  public static String table(Report report) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(report.by().stream().map(Dimension::name).toList());
    int names = head.size();
    rows.add(head);
    report
        .lines()
        .forEach(
            (key, line) ->
                rows.add(new ArrayList<>(key.stream().map(v -> v.isEmpty() ? "-" : v).toList())));
    List<String> last = new ArrayList<>();
    IntStream.range(0, names).forEach(i -> last.add(i == 0 ? "total" : ""));
    rows.add(last);
    List<Line> lines = new ArrayList<>(report.lines().values());
    lines.add(report.total());
    head.addAll(columns(report, report.total()).keySet());
    for (int i = 0; i < lines.size(); i++) {
      List<String> row = rows.get(i + 1);
      columns(report, lines.get(i)).values().forEach(value -> row.add(shown(value)));
    }
    StringBuilder out = new StringBuilder();
    out.append("%s to %s, UTC%n".formatted(report.since(), report.until())).append('\n');
    int[] widths =
        IntStream.range(0, head.size())
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    for (List<String> row : rows) {
      out.append(
              IntStream.range(0, row.size())
                  .mapToObj(i -> pad(row.get(i), widths[i], i < names))
                  .collect(Collectors.joining("  "))
                  .stripTrailing())
          .append('\n');
    }
    out.append('\n');
    out.append(
        "shadows %s USD, probes %s USD%n".formatted(usd(report.shadows()), usd(report.probes())));
    out.append(
        "%s: %s USD so far, %s USD at its end if it goes on like that%n"
            .formatted(
                report.month().name(),
                usd(report.month().spent()),
                usd(report.month().projected())));
    report.notes().forEach(note -> out.append("note: ").append(note).append('\n'));
    return out.toString();
  }

  private static String pad(String text, int width, boolean left) {
    String blanks = " ".repeat(width - text.length());
    return left ? text + blanks : blanks + text;
  }

  private static String shown(Object value) {
    return value instanceof NanoDollars amount ? usd(amount) : value.toString();
  }

  private static String usd(NanoDollars amount) {
    return amount.toUsd().setScale(SHOWN_DECIMALS, RoundingMode.HALF_UP).toPlainString();
  }

  /** Returns the report as CSV: a row for each line, without the total. Amounts are exact. */
  public static String csv(Report report) {
    StringBuilder out = new StringBuilder();
    List<String> head = new ArrayList<>(report.by().stream().map(Dimension::name).toList());
    head.addAll(columns(report, report.total()).keySet());
    row(out, head);
    report
        .lines()
        .forEach(
            (key, line) -> {
              List<String> values = new ArrayList<>(key);
              columns(report, line).values().forEach(value -> values.add(value.toString()));
              row(out, values);
            });
    return out.toString();
  }

  private static void row(StringBuilder out, List<String> values) {
    out.append(values.stream().map(ReportText::quoted).collect(Collectors.joining(",")))
        .append("\r\n");
  }

  private static String quoted(String value) {
    return value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + value.replace("\"", "\"\"") + '"'
        : value;
  }

  /** Everything; amounts are exact. */
  public static String json(Report report) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("since", report.since().toString());
    tree.put("until", report.until().toString());
    tree.put("baseline", report.baseline());
    List<Object> lines = new ArrayList<>();
    report
        .lines()
        .forEach(
            (key, line) -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              for (int i = 0; i < key.size(); i++) {
                fields.put(report.by().get(i).name(), key.get(i));
              }
              fields.putAll(plain(columns(report, line)));
              lines.add(fields);
            });
    tree.put("lines", lines);
    tree.put("total", plain(columns(report, report.total())));
    tree.put("shadows_usd", report.shadows().toUsd());
    tree.put("probes_usd", report.probes().toUsd());
    Map<String, Object> month = new LinkedHashMap<>();
    month.put("month", report.month().name());
    month.put("spent_usd", report.month().spent().toUsd());
    month.put("projected_usd", report.month().projected().toUsd());
    tree.put("projection", month);
    tree.put("notes", report.notes());
    return Yaml.writeJson(tree) + "\n";
  }

  private static Map<String, Object> plain(Map<String, Object> columns) {
    Map<String, Object> plain = new LinkedHashMap<>();
    columns.forEach(
        (name, value) ->
            plain.put(name, value instanceof NanoDollars amount ? amount.toUsd() : value));
    return plain;
  }

  private static Map<String, Object> columns(Report report, Line line) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("requests", line.requests());
    columns.put("failed", line.failed());
    columns.put("refused", line.refused());
    columns.put("cancelled", line.cancelled());
    columns.put("cache_hits", line.hits());
    columns.put("input", line.input());
    columns.put("cached", line.cachedInput());
    columns.put("output", line.output());
    columns.put("spent_usd", line.spent());
    columns.put("of_it_failures_usd", new NanoDollars(line.failures()));
    columns.put("cache_saved_usd", new NanoDollars(line.cacheSaved()));
    if (report.baseline() != null) {
      columns.put("baseline_usd", line.baselineCost());
      columns.put("saved_usd", line.saved());
      columns.put("saved_percent", line.savedPercent());
    }
    return columns;
  }
}
