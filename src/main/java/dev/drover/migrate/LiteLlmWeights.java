package dev.drover.migrate;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shares of deployments within their group. As in LiteLLM they are taken from {@code weight},
 * else {@code rpm}, else {@code tpm}; beside others, a deployment that has none gets nothing.
 * Confined to one file.
 */
final class LiteLlmWeights {
  private static final List<String> METRICS = List.of("weight", "rpm", "tpm");

  /** A deviation from the given proportion that is worth a remark. */
  private static final double REMARKABLE = 0.01;

  private final Map<String, Map<String, BigDecimal>> byTarget = new HashMap<>();
  private final Values values;
  private final Notes notes;

  LiteLlmWeights(Values values, Notes notes) {
    this.values = values;
    this.notes = notes;
  }

  /** Takes up what a deployment says of itself. */
  void add(String path, String target, Map<String, Object> params) {
    Map<String, BigDecimal> metrics = new HashMap<>();
    for (String metric : METRICS) {
      BigDecimal number = values.number(path + "." + metric, params.get(metric));
      if (number != null && number.signum() < 0) {
        notes.leftOut(path + "." + metric, params.get(metric), "more than 0");
      } else if (number != null) {
        metrics.put(metric, number);
      }
    }
    byTarget.put(target, metrics);
  }

  /** Returns the shares of a group's targets, or null when all are alike. */
  @Nullable Map<String, Integer> of(String group, List<String> targets) {
    for (String metric : METRICS) {
      Map<String, BigDecimal> given = new LinkedHashMap<>();
      targets.forEach(target -> given.put(target, of(target, metric)));
      if (given.values().stream().anyMatch(share -> share.signum() > 0)) {
        return shares(group, metric, given);
      }
    }
    return null;
  }

  private BigDecimal of(String target, String metric) {
    return byTarget.getOrDefault(target, Map.of()).getOrDefault(metric, BigDecimal.ZERO);
  }

  private @Nullable Map<String, Integer> shares(
      String group, String metric, Map<String, BigDecimal> given) {
    Shares shares = Shares.of(given);
    given.keySet().stream()
        .filter(target -> !byTarget.getOrDefault(target, Map.of()).containsKey(metric))
        .forEach(
            target ->
                notes.add(
                    "models.%s.weights.%s: no %s beside those of others: 0, so it comes after them, as in LiteLLM"
                        .formatted(group, target, metric)));
    if (shares.error() > REMARKABLE) {
      notes.add(
          "models.%s.weights: by %s, not quite in proportion (expected: at most 1 to 1000)"
              .formatted(group, metric));
    }
    return shares.shares().values().stream().allMatch(share -> share == 1) ? null : shares.shares();
  }
}
