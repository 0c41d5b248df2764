package dev.drover.routing;

import dev.drover.catalog.Target;
import dev.drover.types.NanoDollars;

/**
 * A target fit for a request, with what a strategy may rank it by.
 *
 * @param expectedCost what the request is expected to cost there
 * @param expectedNanos the time its whole answer is expected to take; negative when the target was
 *     not heard of lately
 * @param errorRate share of its attempts that failed lately, 0.0 to 1.0
 * @param load requests in flight over its capacity
 * @param weight its configured share, at least 0
 * @param cachedTokens prompt tokens that its cache is expected to know
 */
public record Candidate(
    Target target,
    NanoDollars expectedCost,
    long expectedNanos,
    double errorRate,
    double load,
    int weight,
    long cachedTokens) {
  /** Whether its speed is known. */
  public boolean seen() {
    return expectedNanos >= 0;
  }
}
