package dev.drover.testing;

import static dev.drover.testing.Measurements.USUAL;
import static dev.drover.testing.Measurements.label;
import static dev.drover.testing.Measurements.maps;
import static dev.drover.testing.Measurements.millis;
import static dev.drover.testing.Measurements.number;
import static dev.drover.testing.Measurements.whole;

import java.util.Locale;
import java.util.Map;

/** What the benchmark on the wire has measured, as tables. Nothing in them is typed by hand. */
public final class PerformancePage {
  private static final String RATE = "at_rate";
  private static final String PLANE = "data_plane";

  private final Measurements seen;

  /**
   * @param report what the benchmark has written
   */
  public PerformancePage(Map<String, Object> report) {
    this.seen = new Measurements(report);
  }

  private String circumstances() {
    return "%s CPUs (%s), which clients and server share; JDK %s with the flags of `./drover`; medians of %s rounds by turns in one run; %s connections, one for each worker of an Envoy, over a Unix socket where nothing else is said, %s exchanges at once."
        .formatted(
            seen.machine().get("cpus"),
            seen.machine().get("cpu"),
            seen.machine().get("jdk"),
            seen.machine().get("rounds"),
            seen.machine().get("connections"),
            seen.machine().get("at_once"));
  }

  /** The three figures that say most, for the README. */
  public String summary() {
    Map<?, ?> closed = seen.row(USUAL, "all", 0);
    double added =
        number(seen.row(USUAL, "all", 4), "p50_us") - number(seen.row(USUAL, "noop", 4), "p50_us");
    return """
        With keys, limits, budgets and ledger, a 10 KiB request takes %.0f µs of Drover's own CPU time. Its median time is
        %.2f ms more than with a server that does nothing. %s CPUs, shared with the clients, carry %d such requests a second.
        """
        .formatted(
            number(seen.own(USUAL, "all"), "cpu_us"),
            added / 1000,
            seen.machine().get("cpus"),
            whole(closed, "per_second"));
  }

  /** All of it. */
  public String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        "# Performance\n\nGenerated from [performance.json](performance.json), which `mvn -Pbench verify -Dbench.jmh.skip=true -Dwire.page=true` measures; with `-Dwire.soak=20` also whether it grows in so many minutes. ");
    page.append(
        "A client plays Envoy message for message, a router-level and an upstream-level stream for each exchange, against each server by turns.\n\n");
    page.append(circumstances()).append("\n\n");
    new PerformanceAims(seen).write(page);
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
    for (Map<?, ?> row : seen.rows()) {
      String rate = row.containsKey(RATE) ? " at %s a second".formatted(row.get(RATE)) : "";
      String usual = "Unix socket";
      String transport =
          row.get("transport").equals(usual)
              ? ""
              : ", " + String.valueOf(row.get("transport")).replace(usual + ", ", "");
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
    seen.list("own")
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
            .formatted(
                seen.list("footprint").findFirst().map(row -> row.get("held")).orElseThrow()));
    seen.list("footprint")
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
    Map<?, ?> soak = seen.soak();
    if (soak != null) {
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
    for (Map<?, ?> row : seen.list("full_path").toList()) {
      boolean another = !row.get(PLANE).equals(first.get(PLANE));
      first = another ? row : first;
      page.append(
          "| %s | %s | %s | %s | %s | %s |%n"
              .formatted(
                  row.get(PLANE),
                  row.get("beside"),
                  row.get("per_second"),
                  millis(row, "p50_us"),
                  millis(row, "p99_us"),
                  another ? "" : more(row, first)));
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
    for (Map<?, ?> row : seen.rows()) {
      if ("all".equals(row.get("server")) && !row.containsKey(RATE)) {
        page.append(
            "| %s | %.0f | %d |%n"
                .formatted(
                    row.get("shape"), 500_000 / number(row, "cpu_us"), whole(row, "resident_mib")));
      }
    }
  }
}
