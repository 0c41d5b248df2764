package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.AnswerFacts;
import dev.drover.routing.Estimates;
import dev.drover.types.Usage;

/** The usage of an answer: as its provider states it, else estimated from what was seen. */
final class UsageOf {
  private UsageOf() {}

  /**
   * @param stated the status of usage that the provider states
   */
  static Usage answer(Journey journey, Target target, AnswerFacts facts, Usage.Status stated) {
    if (facts.usage() != null) {
      return facts.usage().withStatus(stated);
    }
    Estimates estimates = journey.call().ruleset().estimates();
    long input = estimates.expectedInput(target, journey.facts());
    if (!journey.facts().endpoint().generates()) {
      return Usage.estimated(input, 0);
    }
    if (facts.outputBytes() < 0) { // as much may be billed as was expected
      return Usage.estimated(input, estimates.expectedOutput(journey.ask()));
    }
    long text = Estimates.textTokens(facts.outputBytes());
    boolean begun = text > 0 || facts.finishReason() != null;
    long unseen = begun ? estimates.unseenOutput(target, journey.facts(), text) : 0;
    return new Usage(Usage.Status.ESTIMATED, input, 0, 0, 0, text + unseen, unseen, 0);
  }
}
