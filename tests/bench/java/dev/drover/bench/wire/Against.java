package dev.drover.bench.wire;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares this build with another one, by turns in one run: CPU time for an exchange, as the ratio
 * within each pair, with the 95 % interval of its mean.
 */
final class Against {
  private static final int PAIRS = 15;

  /** Student's t for 14 degrees of freedom and 95 %. */
  private static final double T = 2.145;

  private static final Duration WARM = Duration.ofSeconds(40);
  private static final Duration TIME = Duration.ofSeconds(2);
  private static final List<Shape> SHAPES =
      List.of(Shape.json(10), new Shape(10, 50, 1), Shape.json(1024));

  private Against() {}

  /**
   * Runs the comparison and prints a line for each shape.
   *
   * @param jar the other build's server jar, with its libraries beside it
   * @param yaml a config with {@code LISTEN} and {@code STATE} to be filled in
   * @return for each shape the ratio this build to the other, and its interval
   */
  static Map<String, Object> run(Path folder, Path jar, String yaml, String target, String key)
      throws Exception {
    Map<String, Object> report = new LinkedHashMap<>();
    try (Subject now = Subject.jar("now", folder, Path.of("target", "drover.jar"), yaml);
        Subject before = Subject.jar("before", folder, jar, yaml)) {
      Side present = Side.of(now, SHAPES, target, key);
      Side other = Side.of(before, SHAPES, target, key);
      for (int i = 0; i < SHAPES.size(); i++) {
        present.warm(i, WARM);
        other.warm(i, WARM);
        List<Double> logs = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
          boolean first = pair % 2 == 0; // whoever is second finds another machine
          double a = first ? cpu(present, i) : 0;
          double b = cpu(other, i);
          logs.add(Math.log((first ? a : cpu(present, i)) / b));
        }
        report.put(SHAPES.get(i).name(), row(SHAPES.get(i).name(), logs));
      }
      present.leave();
      other.leave();
    }
    return report;
  }

  private static double cpu(Side side, int shape) throws Exception {
    return side.most(shape, TIME).cpuMicros();
  }

  private static Map<String, Object> row(String shape, List<Double> logs) {
    double mean = logs.stream().mapToDouble(each -> each).average().orElseThrow();
    double variance =
        logs.stream().mapToDouble(each -> (each - mean) * (each - mean)).sum() / (logs.size() - 1);
    double half = T * Math.sqrt(variance / logs.size());
    double low = Math.exp(mean - half);
    double high = Math.exp(mean + half);
    System.out.printf(
        "%-28s CPU for an exchange, this build to the other: %.3f (95 %%: %.3f to %.3f)%n",
        shape, Math.exp(mean), low, high);
    return Map.of("ratio", Math.exp(mean), "low", low, "high", high, "pairs", logs.size());
  }
}
