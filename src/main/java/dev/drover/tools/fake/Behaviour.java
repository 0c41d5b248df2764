package dev.drover.tools.fake;

import java.time.Duration;

/**
 * Describes how a fake provider responds. Immutable.
 *
 * @param kind the fault in place of a good response
 * @param share share of requests to which that happens, 0.0 to 1.0; the others get a good response
 * @param latency time to the response headers
 * @param events events of text in a stream
 * @param between time between two events
 * @param statesUsage whether responses carry usage, in a stream only when asked
 * @param gzip whether responses are compressed
 */
public record Behaviour(
    Kind kind,
    double share,
    Duration latency,
    int events,
    Duration between,
    boolean statesUsage,
    boolean gzip) {
  /** The kinds of responses: a good one, and the faults. */
  public enum Kind {
    GOOD,
    ERROR_500,
    THROTTLED,
    UNAUTHORIZED,
    MODEL_GONE,
    SILENT,
    RESET,
    CUT_STREAM,
    MALFORMED
  }

  /** Good answers at once: five events in a stream. */
  public static final Behaviour GOOD =
      new Behaviour(Kind.GOOD, 1, Duration.ZERO, 5, Duration.ZERO, true, false);

  /** Always the same fault. */
  public static Behaviour always(Kind kind) {
    return new Behaviour(kind, 1, Duration.ZERO, 5, Duration.ZERO, true, false);
  }

  public Behaviour withLatency(Duration value) {
    return new Behaviour(kind, share, value, events, between, statesUsage, gzip);
  }

  public Behaviour withShare(double value) {
    return new Behaviour(kind, value, latency, events, between, statesUsage, gzip);
  }

  public Behaviour withStream(int count, Duration pause) {
    return new Behaviour(kind, share, latency, count, pause, statesUsage, gzip);
  }

  public Behaviour withoutUsage() {
    return new Behaviour(kind, share, latency, events, between, false, gzip);
  }

  public Behaviour withGzip() {
    return new Behaviour(kind, share, latency, events, between, statesUsage, true);
  }
}
