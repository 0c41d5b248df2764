package dev.drover.tools.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Formats the results of a load run for people and for machines. */
public final class LoadReport {
  private static final double[] PERCENTILES = {50, 90, 95, 99, 99.9};

  private LoadReport() {}

  /** A table. */
  public static String text(Tally tally) {
    StringBuilder text = new StringBuilder();
    long ended = tally.good() + tally.failed();
    double seconds = Math.max(tally.seconds(), 1e-9);
    line(
        text,
        "requests",
        "%d ended of %d begun, in %.1f s".formatted(ended, tally.begun(), seconds));
    double share = ended == 0 ? 0 : 100.0 * tally.good() / ended;
    line(text, "success", "%.2f %% (%d failed)".formatted(share, tally.failed()));
    line(text, "throughput", "%.1f answers a second".formatted(tally.good() / seconds));
    line(
        text,
        "tokens",
        "%d in, %d out, %.1f out a second"
            .formatted(tally.inputTokens(), tally.outputTokens(), tally.outputTokens() / seconds));
    times(text, "whole answer", tally.whole());
    times(text, "first byte", tally.first());
    tally.targets().forEach((name, count) -> line(text, "answered by", name + ": " + count));
    tally.failures().forEach((why, count) -> line(text, "failed", why + ": " + count));
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String shown) {
    text.append("%-14s ".formatted(what)).append(shown).append(System.lineSeparator());
  }

  private static void times(StringBuilder text, String what, Histogram micros) {
    StringBuilder row = new StringBuilder();
    row.append("min %s  mean %s".formatted(millis(min(micros)), millis(micros.getMean())));
    for (double percentile : PERCENTILES) {
      row.append(
          "  P%s %s"
              .formatted(
                  name(percentile), millis((double) micros.getValueAtPercentile(percentile))));
    }
    row.append("  max ").append(millis((double) micros.getMaxValue())).append(" ms");
    line(text, what, row.toString());
  }

  private static double min(Histogram micros) {
    return micros.getTotalCount() == 0 ? 0 : (double) micros.getMinValue();
  }

  private static String millis(double micros) {
    return String.format(Locale.ROOT, "%.1f", micros / 1000);
  }

  private static String name(double percentile) {
    return percentile == Math.rint(percentile)
        ? Integer.toString((int) percentile)
        : Double.toString(percentile);
  }

  /** Returns all figures as maps, lists, text and numbers. Latencies are in milliseconds. */
  public static Map<String, Object> map(Tally tally) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("begun", tally.begun());
    map.put("answered", tally.good());
    map.put("failed", tally.failed());
    map.put("seconds", tally.seconds());
    map.put("input_tokens", tally.inputTokens());
    map.put("output_tokens", tally.outputTokens());
    map.put("whole_ms", times(tally.whole()));
    map.put("first_byte_ms", times(tally.first()));
    map.put("targets", tally.targets());
    map.put("failures", tally.failures());
    List<Map<String, Object>> seconds = new ArrayList<>();
    tally
        .bySecond()
        .forEach(
            (second, each) -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("second", second);
              row.put("answered", each.micros().getTotalCount());
              row.put("failed", each.failed().sum());
              row.put("p50_ms", each.micros().getValueAtPercentile(50) / 1000.0);
              row.put("p95_ms", each.micros().getValueAtPercentile(95) / 1000.0);
              seconds.add(row);
            });
    map.put("by_second", seconds);
    return map;
  }

  private static Map<String, Object> times(Histogram micros) {
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("min", min(micros) / 1000);
    times.put("mean", micros.getMean() / 1000);
    for (double percentile : PERCENTILES) {
      times.put("p" + name(percentile), micros.getValueAtPercentile(percentile) / 1000.0);
    }
    times.put("max", micros.getMaxValue() / 1000.0);
    return times;
  }

  /** Returns an HTML page that loads nothing from elsewhere: the table, and its course in time. */
  public static String html(Tally tally) {
    List<Double> rate = new ArrayList<>();
    List<Double> failed = new ArrayList<>();
    List<Double> p50 = new ArrayList<>();
    List<Double> p95 = new ArrayList<>();
    var seconds = tally.bySecond();
    for (long second = seconds.isEmpty() ? 1 : seconds.firstKey();
        !seconds.isEmpty() && second <= seconds.lastKey();
        second++) {
      Tally.Second each = seconds.get(second);
      rate.add(each == null ? 0.0 : (double) each.micros().getTotalCount());
      failed.add(each == null ? 0.0 : (double) each.failed().sum());
      p50.add(each == null ? 0.0 : each.micros().getValueAtPercentile(50) / 1000.0);
      p95.add(each == null ? 0.0 : each.micros().getValueAtPercentile(95) / 1000.0);
    }
    List<Double> tail = new ArrayList<>();
    Histogram whole = tally.whole();
    for (double nines = 0; nines <= 3; nines += 0.05) {
      tail.add(whole.getValueAtPercentile(100 - Math.pow(10, 2 - nines)) / 1000.0);
    }
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>drover load</title>
        <style>body{font:14px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
        svg{width:100%%;height:12rem;border:1px solid #8886}polyline{fill:none;stroke-width:1.5;vector-effect:non-scaling-stroke}
        .a{stroke:#36c}.b{stroke:#c33}</style></head><body>
        <h1>drover load</h1><pre>%s</pre>
        %s%s%s</body></html>
        """
        .formatted(
            escaped(text(tally)),
            plot("Ended in each second", "answers", rate, "failures", failed),
            plot("Milliseconds, of what ended in each second", "P50", p50, "P95", p95),
            plot(
                "Milliseconds, by percentile: 0, 90, 99, 99.9 from left to right",
                "whole answers",
                tail,
                "",
                List.of()));
  }

  private static String plot(
      String title, String one, List<Double> first, String two, List<Double> second) {
    double most =
        Math.max(
            1e-9,
            Math.max(
                first.stream().mapToDouble(v -> v).max().orElse(0),
                second.stream().mapToDouble(v -> v).max().orElse(0)));
    String legend = two.isEmpty() ? "blue: " + one : "blue: %s, red: %s".formatted(one, two);
    return """
        <h2>%s</h2><p>%s; top of the plot: %.1f</p>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="%s">%s%s</svg>
        """
        .formatted(title, legend, most, title, curve("a", first, most), curve("b", second, most));
  }

  private static String curve(String style, List<Double> values, double most) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      points.append(
          String.format(
              Locale.ROOT,
              "%.2f,%.2f ",
              100.0 * i / Math.max(1, values.size() - 1),
              100 - 100 * values.get(i) / most));
    }
    return "<polyline class=\"%s\" points=\"%s\"/>".formatted(style, points);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
