package dev.drover.state.stored;

import java.time.Instant;

/**
 * Says where a response or an item of one is stored, and whose it is. Immutable.
 *
 * @param model the name of the model in the config
 * @param provider the name of the provider
 * @param target the name of the target
 * @param credential the place of the credential that it was made with, as in {@code env
 *     OPENAI_KEY}; empty when it had none of the config
 * @param owner whoever may refer to it
 * @param tokens the tokens that a request takes on by referring to it; 0 when they are not known
 * @param at when it was seen first
 */
public record ResponseLocation(
    String model,
    String provider,
    String target,
    String credential,
    String owner,
    long tokens,
    Instant at) {
  /** Returns the same with the tokens that are known by now. */
  public ResponseLocation withTokens(long known) {
    return new ResponseLocation(model, provider, target, credential, owner, known, at);
  }
}
