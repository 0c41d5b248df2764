package dev.drover.types;

import java.util.Locale;

/**
 * The tokens of one answer, under one contract whatever the provider's dialect: {@code input}
 * includes {@code cachedInput} and both cache writes; {@code output} includes {@code reasoning}. No
 * count is negative, none above 10<sup>12</sup>.
 *
 * @param status how far the counts can be trusted
 * @param input all prompt tokens
 * @param cachedInput prompt tokens read from the provider's cache, a part of {@code input}
 * @param cacheWrite5m prompt tokens written to a cache kept 5 minutes, a part of {@code input}
 * @param cacheWrite1h prompt tokens written to a cache kept 1 hour, a part of {@code input}
 * @param output all generated tokens
 * @param reasoning generated tokens that were not shown, a part of {@code output}
 * @param providerTotal the total as the provider stated it, or 0 when it did not
 * @param tier the tier that served the request
 */
public record Usage(
    Status status,
    long input,
    long cachedInput,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning,
    long providerTotal,
    ServiceTier tier) {

  /** The degree to which the token counts can be trusted. */
  public enum Status {
    /** The provider stated them and the answer was complete. */
    COMPLETE,
    /** The provider stated them, but the answer was cut: the last statement seen. */
    PARTIAL,
    /** Counted by Drover from bytes, because the provider did not state them. */
    ESTIMATED,
    /** There was no answer to count. */
    MISSING;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Lower case, for labels. */
    public String label() {
      return label;
    }
  }

  /** No answer, no tokens. */
  public static final Usage NONE = new Usage(Status.MISSING, 0, 0, 0, 0, 0, 0, 0);

  /** More tokens than any answer has; a provider that states more is mistaken. */
  private static final long MOST = 1_000_000_000_000L;

  public Usage {
    input = Math.clamp(input, 0, MOST);
    output = Math.clamp(output, 0, MOST);
    cachedInput = part(cachedInput, input);
    cacheWrite5m = part(cacheWrite5m, input - cachedInput);
    cacheWrite1h = part(cacheWrite1h, input - cachedInput - cacheWrite5m);
    reasoning = part(reasoning, output);
    providerTotal = Math.clamp(providerTotal, 0, 2 * MOST);
  }

  /** Tokens counted by Drover itself. */
  public static Usage estimated(long input, long output) {
    return new Usage(Status.ESTIMATED, input, 0, 0, 0, output, 0, 0);
  }

  /** Tokens of a request that was served in the usual tier. */
  public Usage(
      Status status,
      long input,
      long cachedInput,
      long cacheWrite5m,
      long cacheWrite1h,
      long output,
      long reasoning,
      long providerTotal) {
    this(
        status,
        input,
        cachedInput,
        cacheWrite5m,
        cacheWrite1h,
        output,
        reasoning,
        providerTotal,
        ServiceTier.STANDARD);
  }

  /** Returns the same tokens, trusted otherwise. */
  public Usage withStatus(Status other) {
    return new Usage(
        other,
        input,
        cachedInput,
        cacheWrite5m,
        cacheWrite1h,
        output,
        reasoning,
        providerTotal,
        tier);
  }

  /** Returns the same tokens, served in a tier. */
  public Usage withTier(ServiceTier served) {
    return served == tier
        ? this
        : new Usage(
            status,
            input,
            cachedInput,
            cacheWrite5m,
            cacheWrite1h,
            output,
            reasoning,
            providerTotal,
            served);
  }

  /** Returns the same with an estimated count of generated tokens. */
  public Usage withOutput(long tokens) {
    return new Usage(
        status == Status.COMPLETE ? Status.ESTIMATED : status,
        input,
        cachedInput,
        cacheWrite5m,
        cacheWrite1h,
        tokens,
        reasoning,
        providerTotal,
        tier);
  }

  /** Tokens of prompt and answer. */
  public long tokens() {
    return input + output;
  }

  /** Prompt tokens that neither came from a cache nor went into one. */
  public long uncachedInput() {
    return input - cachedInput - cacheWrite5m - cacheWrite1h;
  }

  private static long part(long value, long whole) {
    return Math.clamp(value, 0, whole);
  }
}
