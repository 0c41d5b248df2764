package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Strategy;
import java.util.List;

/** The configured order. */
final class Priority implements Strategy {
  @Override
  public String name() {
    return "priority";
  }

  @Override
  public List<Candidate> rank(List<Candidate> candidates, String key) {
    return candidates;
  }
}
