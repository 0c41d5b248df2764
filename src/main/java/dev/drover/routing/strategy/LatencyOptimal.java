package dev.drover.routing.strategy;

import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;

/** The fastest by expected time to the whole answer. */
final class LatencyOptimal implements Strategy {
  @Override
  public String name() {
    return "latency-optimal";
  }

  @Override
  public void rank(Candidates candidates, String key) {
    for (int i = 0; i < candidates.size(); i++) {
      candidates.get(i).score((double) Math.max(1, candidates.get(i).expectedNanos()));
    }
    Preference.rank(candidates, key);
  }
}
