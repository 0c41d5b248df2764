package dev.drover.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the benchmark on the wire has measured, as tables. Nothing in them is typed by hand. */
public final class PerformancePage {
  private static final String RATE = "at_rate";
  private static final String PLANE = "data_plane";
  private static final String USUAL = "10 KiB, JSON";
  private static final String LARGE = "1024 KiB, JSON";
  private static final String FEW = "10 KiB, 50 events, 1 a chunk";
  private static final String MANY = "10 KiB, 5000 events, 1 a chunk";

  private final List<Map<?, ?>> rows = new ArrayList<>();
  private final Map<?, ?> machine;
  private final Map<String, Object> report;

  /**
   * @param report what the benchmark has written
   */
  public PerformancePage(Map<String, Object> report) {
    this.report = report;
    machine = (Map<?, ?>) report.get("machine");
    ((List<?>) report.get("rows")).forEach(row -> rows.add((Map<?, ?>) row));
  }

  private static long whole(Map<?, ?> row, String key) {
    return ((Number) row.get(key)).longValue();
  }

  private static double number(Map<?, ?> row, String key) {
    return ((Number) row.get(key)).doubleValue();
  }

  private static String millis(Map<?, ?> row, String key) {
    return String.format(Locale.ROOT, "%.2f", number(row, key) / 1000);
  }

  private String circumstances() {
    return "%s CPUs (%s), which clients and server share; JDK %s with the flags of `./drover`; medians of %s rounds by turns in one run; %s connections, one for each worker of an Envoy, over a Unix socket where nothing else is said, %s exchanges at once."
        .formatted(
            machine.get("cpus"),
            machine.get("cpu"),
            machine.get("jdk"),
            machine.get("rounds"),
            machine.get("connections"),
            machine.get("at_once"));
  }

  /** The few that say most, for the README. */
  public String summary() {
    StringBuilder table = new StringBuilder();
    table.append(
        "| 10 KiB request, JSON answer | exchanges a second | of the no-op server's | CPU each | of which own code | P50, P99 at a quarter of the rate |\n");
    table.append("|---|---|---|---|---|---|\n");
    for (String server : List.of("noop", "echo", "routing", "all")) {
      Map<?, ?> closed = row(USUAL, server, 0);
      Map<?, ?> calm = row(USUAL, server, 4);
      table.append(
          "| %s | %d | %.2f | %.0f µs | %s | %s ms, %s ms |%n"
              .formatted(
                  label(closed),
                  whole(closed, "per_second"),
                  number(closed, "ratio"),
                  number(closed, "cpu_us"),
                  server.equals("noop") || server.equals("echo")
                      ? "0 µs"
                      : "%.0f µs".formatted(number(own(USUAL, server), "cpu_us")),
                  millis(calm, "p50_us"),
                  millis(calm, "p99_us")));
    }
    return table.append("\n").append(circumstances()).append("\n").toString();
  }

  /**
   * @param part of the most that is carried: its divisor; 0: the most itself
   */
  private Map<?, ?> row(String shape, String server, int part) {
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

  private Map<?, ?> own(String shape, String server) {
    return list("own")
        .filter(row -> row.get("shape").equals(shape) && row.get("server").equals(server))
        .findFirst()
        .orElseThrow();
  }

  private Stream<Map<?, ?>> list(String key) {
    return maps(report.getOrDefault(key, List.of()));
  }

  private static Stream<Map<?, ?>> maps(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list)).stream().map(row -> (Map<?, ?>) row);
  }

  private static String label(Map<?, ?> row) {
    return switch (String.valueOf(row.get("server"))) {
      case "routing" -> "Drover, routing";
      case "all" -> "Drover, with keys, limits, budgets and ledger";
      case "echo" -> "a server that sends the request's body back";
      default -> "a server that answers CONTINUE";
    };
  }

  /** All of it. */
  public String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        "# Performance\n\nGenerated from [performance.json](performance.json), which `mvn -Pbench verify -Dbench.jmh.skip=true -Dwire.page=true` measures; with `-Dwire.soak=20` also whether it grows in so many minutes. ");
    page.append(
        "A client plays Envoy message for message, a router-level and an upstream-level stream for each exchange, against each server by turns.\n\n");
    page.append(circumstances()).append("\n\n");
    bars(page);
    exchanges(page);
    beside(page);
    sizing(page);
    return page.toString();
  }

  private void exchanges(StringBuilder page) {
    page.append("\n## Exchanges\n\n");
    page.append(
        "| exchange | server | a second | of the no-op server's | P50 ms | P99 ms | P99.9 ms | CPU µs each | KiB allocated each | resident MiB |\n");
    page.append("|---|---|---|---|---|---|---|---|---|---|\n");
    for (Map<?, ?> row : rows) {
      String rate = row.containsKey(RATE) ? " at %s a second".formatted(row.get(RATE)) : "";
      String transport = row.get("transport").equals("TCP") ? ", TCP" : "";
      page.append(
          "| %s%s%s | %s | %d | %.2f | %s | %s | %s | %.1f | %.1f | %d |%n"
              .formatted(
                  row.get("shape"),
                  transport,
                  rate,
                  label(row),
                  whole(row, "per_second"),
                  number(row, "ratio"),
                  millis(row, "p50_us"),
                  millis(row, "p99_us"),
                  millis(row, "p999_us"),
                  number(row, "cpu_us"),
                  number(row, "allocated_bytes") / 1024,
                  whole(row, "resident_mib")));
    }
    page.append(
        "\nOwn code, neither in gRPC, Netty and protobuf nor called by them, by samples of CPU time:\n\n");
    page.append(
        "| exchange | server | CPU µs each | of which SQLite and its driver |\n|---|---|---|---|\n");
    list("own")
        .forEach(
            row ->
                page.append(
                    "| %s | %s | %.1f | %.1f |%n"
                        .formatted(
                            row.get("shape"),
                            label(row),
                            number(row, "cpu_us"),
                            number(row, "sqlite_us"))));
  }

  private void beside(StringBuilder page) {
    page.append("\n## The program by itself\n\n");
    page.append(
        "| started | ready after s | resident idle MiB | MiB more for %s streams, each with a 10 KiB request held |%n|---|---|---|---|%n"
            .formatted(list("footprint").findFirst().map(row -> row.get("held")).orElseThrow()));
    list("footprint")
        .forEach(
            row ->
                page.append(
                    "| %s | %s | %d | %d |%n"
                        .formatted(
                            row.get("start"),
                            seconds(row),
                            whole(row, "idle_mib"),
                            whole(row, "held_mib"))));
    clients(page);
    if (report.get("soak") instanceof Map<?, ?> soak) {
      page.append(
          "\n## In the long run\n\nAt %s exchanges a second, %s.\n\n| minute | heap after a collection KiB | resident MiB |\n|---|---|---|\n"
              .formatted(soak.get("per_second"), label(soak)));
      maps(soak.get("minutes"))
          .forEach(
              row ->
                  page.append(
                      "| %s | %s | %s |%n"
                          .formatted(
                              row.get("minute"), row.get("heap_kib"), row.get("resident_mib"))));
    }
  }

  private void clients(StringBuilder page) {
    page.append("\n## What a client waits for\n\n");
    page.append(
        "| data plane | beside it | requests a second | P50 ms | P99 ms | added P50, P99 ms |\n|---|---|---|---|---|---|\n");
    Map<?, ?> first = Map.of();
    for (Map<?, ?> row : list("full_path").toList()) {
      first = row.get(PLANE).equals(first.get(PLANE)) ? first : row;
      page.append(
          "| %s | %s | %s | %s | %s | %s |%n"
              .formatted(
                  row.get(PLANE),
                  row.get("beside"),
                  row.get("per_second"),
                  millis(row, "p50_us"),
                  millis(row, "p99_us"),
                  row == first ? "" : more(row, first)));
    }
  }

  private static String more(Map<?, ?> row, Map<?, ?> than) {
    return "%.2f, %.2f"
        .formatted(
            (number(row, "p50_us") - number(than, "p50_us")) / 1000,
            (number(row, "p99_us") - number(than, "p99_us")) / 1000);
  }

  private static String seconds(Map<?, ?> footprint) {
    return String.format(Locale.ROOT, "%.2f", number(footprint, "ready_ms") / 1000);
  }

  private void sizing(StringBuilder page) {
    page.append(
        "\n## Sizing\n\nWhat one core carries at half load, from the CPU time above: with keys, limits, budgets and ledger. Memory is that of the process at the end of the row.\n\n");
    page.append("| exchange | a second for each core | resident MiB |\n|---|---|---|\n");
    for (Map<?, ?> row : rows) {
      if ("all".equals(row.get("server")) && !row.containsKey(RATE)) {
        page.append(
            "| %s | %.0f | %d |%n"
                .formatted(
                    row.get("shape"), 500_000 / number(row, "cpu_us"), whole(row, "resident_mib")));
      }
    }
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
  private void bars(StringBuilder page) {
    page.append("## Aims\n\n| what | aim | seen | met |\n|---|---|---|---|\n");
    least(
        page,
        "routing, of the no-op server's throughput",
        0.60,
        number(row(USUAL, "routing", 0), "ratio"),
        "");
    least(
        page,
        "with keys, limits, budgets and ledger, the same",
        0.50,
        number(row(USUAL, "all", 0), "ratio"),
        "");
    most(
        page,
        "own CPU of an exchange, with everything",
        60,
        number(own(USUAL, "all"), "cpu_us"),
        " µs");
    for (int part : new int[] {2, 4}) {
      double added =
          number(row(USUAL, "routing", part), "p99_us")
              - number(row(USUAL, "noop", part), "p99_us");
      String share = part == 2 ? "half" : "a quarter of";
      most(
          page,
          "P99 that routing adds to the no-op server's, at " + share + " the most",
          0.5,
          added / 1000,
          " ms");
    }
    double large = number(own(LARGE, "routing"), "cpu_us");
    most(
        page,
        "own CPU of 1 MiB, against 10 KiB",
        100,
        large / number(own(USUAL, "routing"), "cpu_us"),
        " times");
    least(page, "1 MiB by that time", 1, (1 << 20) / large / 1000, " GB/s");
    most(
        page,
        "own CPU of an event of 5,000, against one of 50",
        1.1,
        number(own(MANY, "routing"), "cpu_us")
            / 5_000
            / (number(own(FEW, "routing"), "cpu_us") / 50),
        " times");
    most(
        page,
        "allocation of an event, beyond the no-op server's",
        64,
        (number(row(MANY, "routing", 0), "allocated_bytes")
                - number(row(MANY, "noop", 0), "allocated_bytes"))
            / 5_000,
        " B");
    Map<?, ?> plain = list("footprint").findFirst().orElseThrow();
    most(page, "5,000 streams held, over idle", 200, number(plain, "held_mib"), " MiB");
    most(page, "resident idle", 160, number(plain, "idle_mib"), " MiB");
    most(page, "ready after start", 1.5, number(plain, "ready_ms") / 1000, " s");
    if (report.get("soak") instanceof Map<?, ?> soak) {
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
    double echo = number(row(USUAL, "echo", 0), "ratio");
    page.append(
        "\nWhat bounds them: a server that only sends the request's body back, as a rewritten model name needs, carries %.2f of the no-op server's throughput; of that Drover carries %.2f with routing and %.2f with everything. "
            .formatted(
                echo,
                number(row(USUAL, "routing", 0), "ratio") / echo,
                number(row(USUAL, "all", 0), "ratio") / echo));
    page.append(
        "With all CPUs busy an exchange takes %.0f µs of them with the no-op server, %.0f of which are the client's; with routing %.0f, %.0f of which are the client's, who has more to read. SQLite and its driver take %.1f µs of an exchange with everything.%n"
            .formatted(
                busy("noop"),
                busy("noop") - number(row(USUAL, "noop", 0), "cpu_us"),
                busy("routing"),
                busy("routing") - number(row(USUAL, "routing", 0), "cpu_us"),
                number(own(USUAL, "all"), "sqlite_us")));
    page.append(
        "At half the most, the no-op server's own P99 is %s ms, and its CPU time for an exchange %.1f times that at the most: processors that sleep between messages, and are woken for each.%n"
            .formatted(
                millis(row(USUAL, "noop", 2), "p99_us"),
                number(row(USUAL, "noop", 2), "cpu_us") / number(row(USUAL, "noop", 0), "cpu_us")));
  }

  /** CPU time of all CPUs for an exchange while they have no rest, in µs. */
  private double busy(String server) {
    return 1e6 * number(machine, "cpus") / number(row(USUAL, server, 0), "per_second");
  }
}
