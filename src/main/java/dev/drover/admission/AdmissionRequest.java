package dev.drover.admission;

import dev.drover.record.Caller;
import java.util.Map;

/**
 * The facts about a request that its admission depends on. Immutable.
 *
 * @param model the configured model's name
 * @param tags the tags that policies give the request
 * @param tokens the expected tokens of prompt and response
 * @param costNanos the expected cost at the most expensive target of the model, in nano-dollars
 * @param bound the most that it may take
 */
public record AdmissionRequest(
    Caller caller,
    String model,
    Map<String, String> tags,
    long tokens,
    long costNanos,
    Bound bound) {
  /**
   * The most that a request may take, over all attempts that are billed.
   *
   * @param tokens of prompt and response
   * @param costNanos nano-dollars
   */
  public record Bound(long tokens, long costNanos) {}
}
