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
    long input = journey.call().ruleset().estimates().expectedInput(target, journey.facts());
    return Usage.estimated(input, output(journey, target, facts));
  }

  /** Of an answer that could not be seen, as much may be billed as was expected. */
  private static long output(Journey journey, Target target, AnswerFacts facts) {
    if (!journey.facts().endpoint().generates()) {
      return 0;
    }
    Estimates estimates = journey.call().ruleset().estimates();
    if (facts.outputBytes() < 0) {
      return estimates.expectedOutput(journey.ask());
    }
    return facts.outputBytes() == 0 && facts.finishReason() == null
        ? 0
        : estimates.seenOutput(target, journey.facts(), facts.outputBytes());
  }
}
