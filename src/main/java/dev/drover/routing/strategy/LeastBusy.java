package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;
import java.util.Comparator;

/**
 * The one with the fewest requests in flight for its capacity; among equals by hash, so that they
 * share.
 */
final class LeastBusy implements Strategy {
  private static final Comparator<Candidate> ORDER = Comparator.comparingDouble(Candidate::load);

  @Override
  public String name() {
    return "least-busy";
  }

  @Override
  public void rank(Candidates candidates, String key) {
    long hash = Rendezvous.begin(key);
    for (int i = 0; i < candidates.size(); i++) {
      Candidate c = candidates.get(i);
      c.score(-Rendezvous.score(1, c.target().name(), hash));
    }
    candidates.sortByScore();
    candidates.sort(ORDER);
  }
}
