package dev.drover.routing.strategy;

import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;

/** In the configured order. */
final class Priority implements Strategy {
  @Override
  public String name() {
    return "priority";
  }

  @Override
  public void rank(Candidates candidates, String key) {}
}
