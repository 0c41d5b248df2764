package dev.drover.bench.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What of an exchange's CPU time is Drover's own. Measured after all else: a profiler costs. */
final class OwnCode {
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final Duration WARM = Duration.ofSeconds(10);
  private static final List<Shape> SHAPES =
      List.of(Shape.json(10), Shape.json(1024), new Shape(10, 50, 1), new Shape(10, 5_000, 1));

  /**
   * Of one exchange, in microseconds.
   *
   * @param sqlite of it in SQLite and its driver
   */
  private record Seen(double all, double sqlite) {}

  private OwnCode() {}

  /** Medians of some rounds by turns, of those shapes that tell most. */
  static List<Object> measure(List<Shape> shapes, List<Side> sides, int rounds) throws Exception {
    List<Object> rows = new ArrayList<>();
    System.out.printf("%n%-32s %-8s %12s%n", "of which own code", "", "CPU us");
    for (int shape = 0; shape < shapes.size(); shape++) {
      if (SHAPES.contains(shapes.get(shape))) {
        measure(shapes.get(shape).name(), shape, sides, rounds, rows);
      }
    }
    return rows;
  }

  private static void measure(
      String name, int shape, List<Side> sides, int rounds, List<Object> rows) throws Exception {
    List<List<Seen>> seen = new ArrayList<>();
    for (Side side : sides) {
      side.most(shape, WARM);
      seen.add(new ArrayList<>());
    }
    for (int round = 0; round < rounds; round++) {
      for (int side = 0; side < sides.size(); side++) {
        seen.get(side).add(once(sides.get(side), shape));
      }
    }
    for (int side = 0; side < sides.size(); side++) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("shape", name);
      row.put("server", sides.get(side).subject().name());
      row.put("cpu_us", median(seen.get(side), Seen::all));
      row.put("sqlite_us", median(seen.get(side), Seen::sqlite));
      rows.add(row);
      System.out.printf("%-32s %-8s %12s%n", name, row.get("server"), row.get("cpu_us"));
    }
  }

  private static Seen once(Side side, int shape) throws Exception {
    List<Drive.Seen> seen = new ArrayList<>();
    Profile.Shares shares = side.subject().profiled(() -> seen.add(side.most(shape, TIME)));
    double micros = seen.getFirst().cpuMicros();
    return new Seen(shares.own() * micros, shares.sqlite() * micros);
  }

  private static double median(List<Seen> seen, ToDoubleFunction<Seen> value) {
    return WireBench.tenths(WireBench.median(seen.stream().mapToDouble(value).toArray()));
  }
}
