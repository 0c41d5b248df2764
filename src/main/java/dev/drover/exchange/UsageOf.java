package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.AnswerFacts;
import dev.drover.types.Usage;

/** The usage of an answer: as its provider states it, else estimated from what was seen. */
final class UsageOf {
  /**
   * Bytes of generated text per token where nobody counted: the usual rule of thumb for English.
   */
  private static final double OUTPUT_BYTES_PER_TOKEN = 4.0;

  private UsageOf() {}

  /**
   * @param stated the status of usage that the provider states
   */
  static Usage answer(Journey journey, Target target, AnswerFacts facts, Usage.Status stated) {
    if (facts.usage() != null) {
      return facts.usage().withStatus(stated);
    }
    long input = journey.call().ruleset().estimates().expectedInput(target, journey.facts());
    return Usage.estimated(input, output(journey, facts));
  }

  /** Of an answer that could not be seen, as much may be billed as was expected. */
  private static long output(Journey journey, AnswerFacts facts) {
    if (!journey.facts().endpoint().generates()) {
      return 0;
    }
    return facts.outputBytes() < 0
        ? journey.call().ruleset().estimates().expectedOutput(journey.ask())
        : (long) Math.ceil(facts.outputBytes() / OUTPUT_BYTES_PER_TOKEN);
  }
}
