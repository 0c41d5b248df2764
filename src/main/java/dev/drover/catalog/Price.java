package dev.drover.catalog;

import dev.drover.types.NanoDollars;
import dev.drover.types.ServiceTier;
import dev.drover.types.Usage;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * The price of the tokens of one target. All rates are nano-dollars per million tokens, at least 0.
 * Immutable.
 *
 * @param rates the rates for prompts that no tier covers
 * @param tiers other rates for long prompts, ascending
 * @param served the prices of requests that are served in other tiers than the usual one
 */
public record Price(Rates rates, List<Tier> tiers, Map<ServiceTier, Price> served) {
  private static final long MILLION = 1_000_000;

  /**
   * Nano-dollars per million tokens, by kind of token.
   *
   * @param input prompt tokens that are in no other group
   * @param cachedInput prompt tokens read from a cache
   * @param cacheWrite5m prompt tokens written to a 5-minute cache
   * @param cacheWrite1h prompt tokens written to a 1-hour cache
   * @param output generated tokens that are not reasoning
   * @param reasoning reasoning tokens
   */
  public record Rates(
      long input,
      long cachedInput,
      long cacheWrite5m,
      long cacheWrite1h,
      long output,
      long reasoning) {
    /** The cost of tokens, however many, in nano-dollars and exactly. */
    public BigDecimal exactNanos(Usage usage) {
      return part(usage.uncachedInput(), input)
          .add(part(usage.cachedInput(), cachedInput))
          .add(part(usage.cacheWrite5m(), cacheWrite5m))
          .add(part(usage.cacheWrite1h(), cacheWrite1h))
          .add(part(usage.output() - usage.reasoning(), output))
          .add(part(usage.reasoning(), reasoning))
          .movePointLeft(6);
    }

    private static BigDecimal part(long tokens, long rate) {
      return BigDecimal.valueOf(tokens).multiply(BigDecimal.valueOf(rate));
    }
  }

  /**
   * Rates that hold for all tokens of a request whose prompt is long.
   *
   * @param aboveInputTokens the prompt must have more tokens than this
   */
  public record Tier(long aboveInputTokens, Rates rates) {}

  public Price {
    tiers = List.copyOf(tiers);
    served = Map.copyOf(served);
  }

  /** A price that is the same whoever serves. */
  public Price(Rates rates, List<Tier> tiers) {
    this(rates, tiers, Map.of());
  }

  /** Returns the price of requests that are served in a tier: this one where it has none. */
  public Price in(ServiceTier tier) {
    return served.getOrDefault(tier, this);
  }

  /**
   * The cost of a request at the prices of the tier that served it, or at the usual ones where that
   * tier has none: each token is priced once, in the group it belongs to, and the sum is rounded
   * half up to a whole nano-dollar once. Saturates at the end of a {@code long}.
   */
  public NanoDollars cost(Usage usage) {
    Rates r = in(usage.tier()).ratesFor(usage.input());
    try {
      long sum = Math.multiplyExact(usage.uncachedInput(), r.input);
      sum = Math.addExact(sum, Math.multiplyExact(usage.cachedInput(), r.cachedInput));
      sum = Math.addExact(sum, Math.multiplyExact(usage.cacheWrite5m(), r.cacheWrite5m));
      sum = Math.addExact(sum, Math.multiplyExact(usage.cacheWrite1h(), r.cacheWrite1h));
      sum = Math.addExact(sum, Math.multiplyExact(usage.output() - usage.reasoning(), r.output));
      sum = Math.addExact(sum, Math.multiplyExact(usage.reasoning(), r.reasoning));
      return new NanoDollars(rounded(sum));
    } catch (ArithmeticException _) { // a millionth of it may well be an amount
      return NanoDollars.ofUsd(r.exactNanos(usage).movePointLeft(9));
    }
  }

  /**
   * The cost of a request before it is made, in nano-dollars, as {@link #cost} would have it.
   *
   * @param input prompt tokens, of which {@code cached} are read from a cache
   */
  public long expectedNanos(long input, long cached, long output) {
    Rates r = ratesFor(input);
    try {
      long sum = Math.multiplyExact(input - cached, r.input);
      sum = Math.addExact(sum, Math.multiplyExact(cached, r.cachedInput));
      return rounded(Math.addExact(sum, Math.multiplyExact(output, r.output)));
    } catch (ArithmeticException _) {
      return cost(new Usage(Usage.Status.ESTIMATED, input, cached, 0, 0, output, 0, 0)).value();
    }
  }

  /**
   * The most that a request can cost, in nano-dollars: its prompt at the dearest rate for a prompt,
   * its answer at the dearest rate for an answer, in whichever tier.
   */
  public long mostNanos(long input, long output) {
    long most = mostNanos(rates, input, output);
    for (Tier tier : tiers) {
      if (input > tier.aboveInputTokens) {
        most = Math.max(most, mostNanos(tier.rates, input, output));
      }
    }
    return most;
  }

  private static long mostNanos(Rates r, long input, long output) {
    long in = Math.max(Math.max(r.input, r.cachedInput), Math.max(r.cacheWrite5m, r.cacheWrite1h));
    Rates dearest = new Rates(in, in, in, in, Math.max(r.output, r.reasoning), 0);
    Usage usage = new Usage(Usage.Status.ESTIMATED, input, 0, 0, 0, output, 0, 0);
    return new Price(dearest, List.of()).cost(usage).value();
  }

  private static long rounded(long sum) {
    return sum / MILLION + (sum % MILLION * 2 >= MILLION ? 1 : 0);
  }

  /** Returns whether tokens read from a cache cost less than other prompt tokens. */
  public boolean cachesCheaper() {
    return rates.cachedInput < rates.input;
  }

  private Rates ratesFor(long inputTokens) {
    Rates found = rates;
    for (int i = 0; i < tiers.size(); i++) {
      if (inputTokens > tiers.get(i).aboveInputTokens) {
        found = tiers.get(i).rates;
      }
    }
    return found;
  }
}
