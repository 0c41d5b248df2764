package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Strategy;
import java.util.List;

/** By configured weight. */
final class Weighted implements Strategy {
  @Override
  public String name() {
    return "weighted";
  }

  @Override
  public List<Candidate> rank(List<Candidate> candidates, String key) {
    return Rendezvous.rank(candidates, key, Candidate::weight);
  }
}
