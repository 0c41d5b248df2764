package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Strategy;
import java.util.Comparator;
import java.util.List;

/** The cheapest by expected cost; the faster of equally cheap ones. */
final class CostOptimal implements Strategy {
  private static final Comparator<Candidate> ORDER =
      Comparator.comparing(Candidate::expectedCost).thenComparingLong(Candidate::expectedNanos);

  @Override
  public String name() {
    return "cost-optimal";
  }

  @Override
  public List<Candidate> rank(List<Candidate> candidates, String key) {
    return candidates.stream().sorted(ORDER).toList();
  }
}
