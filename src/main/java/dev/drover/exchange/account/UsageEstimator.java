package dev.drover.exchange.account;

import dev.drover.catalog.Target;
import dev.drover.dialect.ResponseFacts;
import dev.drover.routing.Estimates;
import dev.drover.types.Usage;

/** Tells the usage of a response: as its provider states it, else estimated from what was seen. */
public final class UsageEstimator {
  private UsageEstimator() {}

  /**
   * Returns the usage of a target's response.
   *
   * @param stated the status of usage that the provider states
   */
  public static Usage answer(
      RoutedExchange exchange, Target target, ResponseFacts facts, Usage.Status stated) {
    if (facts.usage() != null) {
      return facts.usage().withStatus(stated);
    }
    Estimates estimates = exchange.request().ruleset().estimates();
    long input = estimates.expectedInput(target, exchange.facts());
    if (!exchange.facts().operation().generates()) {
      return Usage.estimated(input, 0);
    }
    if (facts.outputBytes() < 0) { // as much may be billed as was expected
      return Usage.estimated(input, estimates.expectedOutput(exchange.routingRequest()));
    }
    long text = Estimates.textTokens(facts.outputBytes());
    boolean begun = text > 0 || facts.finishReason() != null;
    long unseen = begun ? estimates.unseenOutput(target, exchange.facts(), text) : 0;
    return new Usage(Usage.Status.ESTIMATED, input, 0, 0, 0, text + unseen, unseen, 0);
  }
}
