package dev.drover.telemetry.trace;

import io.opentelemetry.sdk.trace.IdGenerator;

/**
 * Gives spans the ids that their exchanges have had from the start, since those were passed on to
 * providers. One thread's.
 */
final class GivenIds implements IdGenerator {
  private String traceId = "";
  private String spanId = "";

  /** The next span to be started gets these. */
  void next(String trace, String span) {
    traceId = trace;
    spanId = span;
  }

  @Override
  public String generateTraceId() {
    return traceId;
  }

  @Override
  public String generateSpanId() {
    return spanId;
  }
}
