package dev.drover.migrate;

import dev.drover.config.schema.ModelConfig;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shares as Drover has them, whole numbers up to a bound, in the proportion of others of any size.
 *
 * @param shares by name, 0 for those that had 0
 * @param error the largest relative deviation from the given proportion
 */
record Shares(Map<String, Integer> shares, double error) {
  private static final int MOST = Bounds.of(ModelConfig.class, "weights").largest().intValueExact();

  /** A difference of errors that is rounding. */
  private static final double NOTHING = 1e-9;

  Shares {
    shares = Collections.unmodifiableMap(new LinkedHashMap<>(shares));
  }

  /**
   * Returns the shares that come nearest to a proportion.
   *
   * @param given numbers that are not negative, at least one of them above 0
   */
  static Shares of(Map<String, BigDecimal> given) {
    if (given.values().stream().allMatch(Shares::usable)) {
      Map<String, Integer> same = new LinkedHashMap<>();
      given.forEach((name, share) -> same.put(name, share.intValueExact()));
      return new Shares(same, 0);
    }
    Shares best = scaled(given, 1);
    for (int most = 2; most <= MOST && best.error > NOTHING; most++) {
      Shares other = scaled(given, most);
      best = other.error < best.error - NOTHING ? other : best;
    }
    return best;
  }

  private static boolean usable(BigDecimal share) {
    return share.stripTrailingZeros().scale() <= 0
        && share.compareTo(BigDecimal.valueOf(MOST)) <= 0;
  }

  /** Returns the shares of which the largest is {@code most}; none that is above 0 becomes 0. */
  private static Shares scaled(Map<String, BigDecimal> given, int most) {
    double largest = largest(given.values());
    double error = 0;
    Map<String, Integer> shares = new LinkedHashMap<>();
    for (Map.Entry<String, BigDecimal> each : given.entrySet()) {
      double exact = each.getValue().doubleValue() / largest * most;
      int share = exact == 0 ? 0 : Math.max(1, (int) Math.round(exact));
      error = exact == 0 ? error : Math.max(error, Math.abs(share / exact - 1));
      shares.put(each.getKey(), share);
    }
    return new Shares(shares, error);
  }

  private static double largest(Collection<BigDecimal> given) {
    return given.stream().mapToDouble(BigDecimal::doubleValue).max().orElseThrow();
  }
}
