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
    double output =
        journey.facts().endpoint().generates() ? facts.outputBytes() / OUTPUT_BYTES_PER_TOKEN : 0;
    return Usage.estimated(input, (long) Math.ceil(output));
  }
}
