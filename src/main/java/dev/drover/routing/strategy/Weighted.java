package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;

/** By configured weight. */
final class Weighted implements Strategy {
  @Override
  public String name() {
    return "weighted";
  }

  @Override
  public void rank(Candidates candidates, String key) {
    long hash = Rendezvous.begin(key);
    for (int i = 0; i < candidates.size(); i++) {
      Candidate c = candidates.get(i);
      c.score(-Rendezvous.score(c.weight(), c.target().name(), hash));
    }
    candidates.sortByScore();
  }
}
