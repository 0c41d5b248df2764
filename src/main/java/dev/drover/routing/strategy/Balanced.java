package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Strategy;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The best sum of cost, time and attempts per success, each relative to the best candidate's: 3 is
 * best in everything.
 */
final class Balanced implements Strategy {
  /** Keeps ratios finite when the best costs nothing. */
  private static final double A_MICRO_DOLLAR = 1000;

  @Override
  public String name() {
    return "balanced";
  }

  @Override
  public List<Candidate> rank(List<Candidate> candidates, String key) {
    double cost = best(candidates, Balanced::cost);
    double time = best(candidates, Balanced::time);
    double tries = best(candidates, Balanced::tries);
    return Preference.rank(
        candidates, key, c -> cost(c) / cost + time(c) / time + tries(c) / tries);
  }

  private static double best(List<Candidate> candidates, ToDoubleFunction<Candidate> figure) {
    return candidates.stream().filter(Candidate::seen).mapToDouble(figure).min().orElse(1);
  }

  private static double cost(Candidate candidate) {
    return candidate.expectedCost().value() + A_MICRO_DOLLAR;
  }

  private static double time(Candidate candidate) {
    return Math.max(1, candidate.expectedNanos());
  }

  /** Attempts it takes for one success. */
  private static double tries(Candidate candidate) {
    return 1 / Math.max(0.01, 1 - candidate.errorRate());
  }
}
