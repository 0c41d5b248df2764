package dev.drover.catalog;

/**
 * A target that gets copies of a model's requests. Immutable.
 *
 * @param share of the requests that are copied, over 0 to 1.0
 */
public record Shadow(Target target, double share) {}
