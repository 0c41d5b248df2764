package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;
import java.util.Comparator;

/** The cheapest by expected cost; the faster of equally cheap ones. */
final class CostOptimal implements Strategy {
  private static final Comparator<Candidate> ORDER =
      Comparator.comparingLong(Candidate::costNanos).thenComparingLong(Candidate::expectedNanos);

  @Override
  public String name() {
    return "cost-optimal";
  }

  @Override
  public void rank(Candidates candidates, String key) {
    candidates.sort(ORDER);
  }
}
