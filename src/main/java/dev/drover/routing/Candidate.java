package dev.drover.routing;

import dev.drover.catalog.Target;
import dev.drover.types.NanoDollars;

/**
 * A target fit for a request, with what a strategy may rank it by.
 *
 * @param expectedCost what the request is expected to cost there
 * @param meanLatencyNanos its mean time to the answer's headers; 0 when unknown
 * @param weight its configured share, at least 0
 */
public record Candidate(
    Target target, NanoDollars expectedCost, long meanLatencyNanos, int weight) {}
