package dev.drover.tools.standin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stand-in, or an Envoy, against what is known of Envoy: one row a scenario. */
@Tag("data-plane")
class ConformanceIT {
  private static final int SCENARIOS = 154;

  /** Scenarios that are not played, with the reason. */
  private static final Map<Integer, String> NOT_PLAYED = notPlayed();

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(LifeCycleRows.rows());
    rows.addAll(BodyRows.rows());
    rows.addAll(MutationRows.rows());
    rows.addAll(RouterRows.rows());
    return rows;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void scenario(Row row) throws Exception {
    try (Lab lab = new Lab()) {
      row.body().run(lab);
    }
  }

  @Test
  void everyScenario_isPlayedOnceOrListedWithAReason() {
    TreeSet<Integer> numbers = new TreeSet<>(NOT_PLAYED.keySet());
    rows().forEach(row -> assertThat(numbers.add(row.number())).as("twice: " + row).isTrue());
    assertThat(numbers)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, SCENARIOS).boxed().toList());
    assertThat(rows()).hasSizeGreaterThanOrEqualTo(110);
  }

  private static Map<Integer, String> notPlayed() {
    Map<Integer, String> reasons = new TreeMap<>();
    reasons.put(
        18, "graceful gRPC close is a runtime guard, off by default; the stand-in has no runtime");
    reasons.put(20, "grpc_service.retry_policy is refused: rendered configs do not use it");
    for (int streamedReply : List.of(123, 124)) {
      reasons.put(
          streamedReply,
          "StreamedImmediateResponse came with 1.37; the protos in use are those of 1.36");
    }
    for (int perRoute : List.of(130, 131, 132, 133, 134, 135)) {
      reasons.put(perRoute, "typed_per_filter_config is refused: rendered configs do not use it");
    }
    return reasons;
  }
}
