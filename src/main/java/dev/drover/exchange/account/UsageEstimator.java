package dev.drover.exchange.account;

import dev.drover.catalog.Target;
import dev.drover.dialect.Fault;
import dev.drover.dialect.ResponseFacts;
import dev.drover.routing.Estimates;
import dev.drover.types.Usage;

/** Tells the usage of a response: as its provider states it, else estimated from what was seen. */
public final class UsageEstimator {
  /** No tokenizer of a chat model puts more text than this into a token, over a whole response. */
  private static final long MOST_BYTES_PER_TOKEN = 64;

  private UsageEstimator() {}

  /**
   * Returns the usage of a target's response. A count that cannot be is estimated: no text without
   * a token, no text of so many bytes to a token. What was stated before the end is a floor.
   *
   * @param stated the status of usage that the provider states
   */
  public static Usage answer(
      RoutedExchange exchange, Target target, ResponseFacts facts, Usage.Status stated) {
    Usage usage = tokens(exchange, target, facts, stated);
    boolean known =
        facts.usage() != null && target.provider().api(exchange.request().client()).statesTier();
    return known ? usage : usage.withTier(exchange.routingRequest().tierAt(target));
  }

  private static Usage tokens(
      RoutedExchange exchange, Target target, ResponseFacts facts, Usage.Status stated) {
    if (exchange.facts().operation().isFree()) {
      return Usage.NONE;
    }
    Usage usage = facts.usage();
    if (usage != null) {
      return atLeast(usage.withStatus(stated), facts);
    }
    Estimates estimates = exchange.request().ruleset().estimates();
    long input = estimates.expectedInput(target, exchange.facts());
    if (!exchange.facts().operation().generates()) {
      return Usage.estimated(input, 0);
    }
    boolean later = exchange.facts().references().background() && facts.finishReason() == null;
    if (later || facts.outputBytes() < 0) { // as much may be billed as was expected
      return Usage.estimated(input, estimates.expectedOutput(exchange.routingRequest()));
    }
    if (facts.fault() == Fault.ERROR_IN_BODY || facts.fault() == Fault.EMPTY_RESPONSE) {
      return Usage.estimated(input, Estimates.textTokens(facts.outputBytes()));
    }
    long text = Estimates.textTokens(facts.outputBytes());
    boolean begun = text > 0 || facts.finishReason() != null;
    long unseen = begun ? estimates.unseenOutput(target, exchange.facts(), text) : 0;
    return new Usage(Usage.Status.ESTIMATED, input, 0, 0, 0, text + unseen, unseen, 0);
  }

  private static Usage atLeast(Usage usage, ResponseFacts facts) {
    boolean cannotBe = facts.outputBytes() > MOST_BYTES_PER_TOKEN * usage.output();
    boolean early = facts.unstatedBytes() > 0;
    long text = Estimates.textTokens(Math.max(0, facts.outputBytes()));
    return (cannotBe || early) && text > usage.output() ? usage.withOutput(text) : usage;
  }
}
