package dev.drover.state.health;

import dev.drover.config.schema.HealthConfig;

/**
 * The settings that decide when a breaker opens and for how long. All times are in nanoseconds.
 *
 * @param failuresInRow failures in a row that open it, at least 1
 * @param failureShare share of failed requests in the window that opens it, over 0, at most 1
 * @param minRequests requests the window must hold before the share counts
 */
public record BreakerSettings(
    int failuresInRow,
    double failureShare,
    int minRequests,
    long windowNanos,
    long openNanos,
    long openAtMostNanos) {

  public static BreakerSettings compile(HealthConfig c) {
    return new BreakerSettings(
        c.failuresInRow(),
        c.failureShare(),
        c.minRequests(),
        c.window().toNanos(),
        c.openFor().toNanos(),
        c.openAtMost().toNanos());
  }
}
