package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;

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
  public void rank(Candidates candidates, String key) {
    double cost = Double.MAX_VALUE;
    double time = Double.MAX_VALUE;
    double tries = Double.MAX_VALUE;
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      if (candidate.seen()) {
        cost = Math.min(cost, cost(candidate));
        time = Math.min(time, time(candidate));
        tries = Math.min(tries, tries(candidate));
      }
    }
    for (int i = 0; i < candidates.size(); i++) {
      Candidate c = candidates.get(i);
      c.score(cost(c) / cost + time(c) / time + tries(c) / tries);
    }
    Preference.rank(candidates, key);
  }

  private static double cost(Candidate candidate) {
    return candidate.costNanos() + A_MICRO_DOLLAR;
  }

  private static double time(Candidate candidate) {
    return (double) Math.max(1, candidate.expectedNanos());
  }

  /** Attempts it takes for one success. */
  private static double tries(Candidate candidate) {
    return 1 / Math.max(0.01, 1 - candidate.errorRate());
  }
}
