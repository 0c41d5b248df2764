package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Strategy;
import java.util.List;

/** The fastest by expected time to the whole answer. */
final class LatencyOptimal implements Strategy {
  @Override
  public String name() {
    return "latency-optimal";
  }

  @Override
  public List<Candidate> rank(List<Candidate> candidates, String key) {
    return Preference.rank(candidates, key, candidate -> Math.max(1, candidate.expectedNanos()));
  }
}
