package dev.drover.dialect;

/**
 * Tells what is left of one of a caller's rate limits.
 *
 * @param unit {@code requests} or {@code tokens}
 * @param limit units a minute
 * @param remaining units that may be used now, from 0 to {@code limit}
 * @param resetSeconds seconds until all of it is there again, rounded up
 */
public record RateLimit(String unit, long limit, long remaining, long resetSeconds) {}
