package dev.drover.bench.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a server grows while it works for long, minute by minute. */
final class Soak {
  private static final Duration SLICE = Duration.ofMinutes(1);

  private Soak() {}

  /**
   * Returns what lived on the heap and what was resident after each minute.
   *
   * @param perSecond exchanges of its first shape
   */
  static Map<String, Object> run(Side side, double perSecond, int minutes) throws Exception {
    List<Object> seen = new ArrayList<>();
    System.out.printf("%n%-32s %12s %12s%n", "minute", "heap KiB", "resident MiB");
    for (int minute = 1; minute <= minutes; minute++) {
      side.atRate(0, perSecond, SLICE);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("minute", minute);
      row.put("heap_kib", side.subject().heapKib());
      row.put("resident_mib", side.subject().residentMib());
      seen.add(row);
      System.out.printf("%-32s %12s %12s%n", minute, row.get("heap_kib"), row.get("resident_mib"));
    }
    Map<String, Object> soak = new LinkedHashMap<>();
    soak.put("server", side.subject().name());
    soak.put("per_second", Math.round(perSecond));
    soak.put("minutes", seen);
    return soak;
  }
}
