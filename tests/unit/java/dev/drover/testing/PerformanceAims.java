package dev.drover.testing;

import static dev.drover.testing.Measurements.USUAL;
import static dev.drover.testing.Measurements.maps;
import static dev.drover.testing.Measurements.millis;
import static dev.drover.testing.Measurements.number;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was aimed at, what of it was seen, and what bounds it. */
final class PerformanceAims {
  private static final String LARGE = "1024 KiB, JSON";
  private static final String FEW = "10 KiB, 50 events, 1 a chunk";
  private static final String MANY = "10 KiB, 5000 events, 1 a chunk";

  private final Measurements seen;

  PerformanceAims(Measurements seen) {
    this.seen = seen;
  }

  private static void bar(StringBuilder page, String what, String asked, String seen, boolean met) {
    page.append("| %s | %s | %s | %s |%n".formatted(what, asked, seen, met ? "yes" : "no"));
  }

  private static void most(StringBuilder page, String what, double most, double seen, String unit) {
    bar(
        page,
        what,
        "at most " + plain(most) + unit,
        plain(seen) + unit,
        Math.round(seen * 100) <= Math.round(most * 100));
  }

  private static void least(
      StringBuilder page, String what, double least, double seen, String unit) {
    bar(
        page,
        what,
        "at least " + plain(least) + unit,
        plain(seen) + unit,
        Math.round(seen * 100) >= Math.round(least * 100));
  }

  private static String plain(double value) {
    return value >= 100 || value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  /** What was aimed at, and what was seen. */
  void write(StringBuilder page) {
    page.append("## Aims\n\n| what | aim | seen | met |\n|---|---|---|---|\n");
    least(
        page,
        "routing, of the no-op server's throughput",
        0.60,
        number(seen.row(USUAL, "routing", 0), "ratio"),
        "");
    least(
        page,
        "with keys, limits, budgets and ledger, the same",
        0.50,
        number(seen.row(USUAL, "all", 0), "ratio"),
        "");
    most(
        page,
        "own CPU of an exchange, with everything",
        60,
        number(seen.own(USUAL, "all"), "cpu_us"),
        " µs");
    for (int part : new int[] {2, 4}) {
      double added =
          number(seen.row(USUAL, "routing", part), "p99_us")
              - number(seen.row(USUAL, "noop", part), "p99_us");
      String share = part == 2 ? "half" : "a quarter of";
      most(
          page,
          "P99 that routing adds to the no-op server's, at " + share + " the most",
          0.5,
          added / 1000,
          " ms");
    }
    double large = number(seen.own(LARGE, "routing"), "cpu_us");
    most(
        page,
        "own CPU of 1 MiB, against 10 KiB",
        100,
        large / number(seen.own(USUAL, "routing"), "cpu_us"),
        " times");
    least(page, "1 MiB by that time", 1, (1 << 20) / large / 1000, " GB/s");
    most(
        page,
        "own CPU of an event of 5,000, against one of 50",
        1.1,
        number(seen.own(MANY, "routing"), "cpu_us")
            / 5_000
            / (number(seen.own(FEW, "routing"), "cpu_us") / 50),
        " times");
    most(
        page,
        "allocation of an event, beyond the no-op server's",
        64,
        (number(seen.row(MANY, "routing", 0), "allocated_bytes")
                - number(seen.row(MANY, "noop", 0), "allocated_bytes"))
            / 5_000,
        " B");
    Map<?, ?> plain = seen.list("footprint").findFirst().orElseThrow();
    most(page, "5,000 streams held, over idle", 200, number(plain, "held_mib"), " MiB");
    most(page, "resident idle", 160, number(plain, "idle_mib"), " MiB");
    most(page, "ready after start", 1.5, number(plain, "ready_ms") / 1000, " s");
    Map<?, ?> soak = seen.soak();
    if (soak != null) {
      growth(page, maps(soak.get("minutes")).toList());
    }
    floors(page);
  }

  /** From the second quarter, when all is warm, to the last: single minutes differ by chance. */
  private static void growth(StringBuilder page, List<Map<?, ?>> minutes) {
    int quarter = minutes.size() / 4;
    if (quarter == 0) {
      return; // too short to tell
    }
    for (String what : List.of("heap_kib", "resident_mib")) {
      double from = median(minutes.subList(quarter, 2 * quarter), what);
      double to = median(minutes.subList(minutes.size() - quarter, minutes.size()), what);
      most(
          page,
          "growth of %s from minutes %d to %d to the last %d, medians"
              .formatted(
                  what.equals("heap_kib") ? "the heap after a collection" : "resident memory",
                  quarter + 1,
                  2 * quarter,
                  quarter),
          5,
          100 * (to - from) / from,
          " %");
    }
  }

  private static double median(List<Map<?, ?>> minutes, String what) {
    return minutes.stream()
        .map(minute -> number(minute, what))
        .sorted()
        .toList()
        .get(minutes.size() / 2);
  }

  /** What is spent outside Drover's own code, and so bounds what can be reached here. */
  private void floors(StringBuilder page) {
    double echo = number(seen.row(USUAL, "echo", 0), "ratio");
    page.append(
        "\nWhat bounds them: a server that only sends the request's body back, as a rewritten model name needs, carries %.2f of the no-op server's throughput; of that Drover carries %.2f with routing and %.2f with everything. "
            .formatted(
                echo,
                number(seen.row(USUAL, "routing", 0), "ratio") / echo,
                number(seen.row(USUAL, "all", 0), "ratio") / echo));
    page.append(
        "With all CPUs busy an exchange takes %.0f µs of them with the no-op server, %.0f of which are the client's; with routing %.0f, %.0f of which are the client's, who has more to read. SQLite and its driver take %.1f µs of an exchange with everything.%n"
            .formatted(
                busy("noop"),
                busy("noop") - number(seen.row(USUAL, "noop", 0), "cpu_us"),
                busy("routing"),
                busy("routing") - number(seen.row(USUAL, "routing", 0), "cpu_us"),
                number(seen.own(USUAL, "all"), "sqlite_us")));
    page.append(
        "At half the most, the no-op server's own P99 is %s ms, and its CPU time for an exchange %.1f times that at the most: processors that sleep between messages, and are woken for each.%n"
            .formatted(
                millis(seen.row(USUAL, "noop", 2), "p99_us"),
                number(seen.row(USUAL, "noop", 2), "cpu_us")
                    / number(seen.row(USUAL, "noop", 0), "cpu_us")));
  }

  /** CPU time of all CPUs for an exchange while they have no rest, in µs. */
  private double busy(String server) {
    return 1e6 * number(seen.machine(), "cpus") / number(seen.row(USUAL, server, 0), "per_second");
  }
}
