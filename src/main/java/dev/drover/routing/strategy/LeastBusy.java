package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Strategy;
import java.util.Comparator;
import java.util.List;

/**
 * The one with the fewest requests in flight for its capacity; among equals by hash, so that they
 * share.
 */
final class LeastBusy implements Strategy {
  @Override
  public String name() {
    return "least-busy";
  }

  @Override
  public List<Candidate> rank(List<Candidate> candidates, String key) {
    return Rendezvous.rank(candidates, key, _ -> 1).stream()
        .sorted(Comparator.comparingDouble(Candidate::load))
        .toList();
  }
}
