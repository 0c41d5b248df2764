package dev.drover.catalog;

/**
 * The settings for caching the responses of a model.
 *
 * @param ttlNanos the time for which a response is reused, in nanoseconds
 * @param shared true when all callers share the responses, false when only those of one team do
 * @param maxBytes the largest body that is kept, in bytes
 */
public record Caching(long ttlNanos, boolean shared, int maxBytes) {}
