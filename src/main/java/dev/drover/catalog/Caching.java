package dev.drover.catalog;

/**
 * How a model's answers are kept.
 *
 * @param ttlNanos how long one is given again
 * @param shared whether all callers share them; else those of one team
 * @param maxBytes larger ones are not kept
 */
public record Caching(long ttlNanos, boolean shared, int maxBytes) {}
