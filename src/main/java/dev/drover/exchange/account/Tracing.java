package dev.drover.exchange.account;

import dev.drover.message.Headers;
import dev.drover.record.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * Takes up the traces that requests belong to, and decides which are kept. Immutable.
 *
 * <p>Who has decided for a trace already, as its {@code traceparent} says, is followed; a trace
 * that begins here is kept by its id, so that all who keep the same share keep the same traces.
 *
 * @param on whether spans are made at all
 * @param share of the traces begun here that are kept, 0.0 to 1.0
 */
public record Tracing(boolean on, double share) {
  /** No spans; the id of a client's trace is known all the same. */
  public static final Tracing OFF = new Tracing(false, 0);

  private static final int TRACE_AT = 3;
  private static final int PARENT_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final int LENGTH = 55;

  /**
   * Begins an exchange.
   *
   * @param exchange its id, 32 lower-case hex digits; that of its trace too when it has no other
   */
  public TraceContext begin(String exchange, Headers headers) {
    String given = headers.text("traceparent");
    boolean sound = sound(given);
    if (!on) {
      return sound
          ? new TraceContext(given.substring(TRACE_AT, PARENT_AT - 1), "", null, "", false)
          : TraceContext.NONE;
    }
    if (!sound) {
      return new TraceContext(exchange, TraceContext.freshSpan(), null, "", kept(exchange));
    }
    return new TraceContext(
        given.substring(TRACE_AT, PARENT_AT - 1),
        TraceContext.freshSpan(),
        given.substring(PARENT_AT, FLAGS_AT - 1),
        state(headers.first("tracestate")),
        (Character.digit(given.charAt(FLAGS_AT + 1), 16) & 1) == 1);
  }

  private static String state(@Nullable String header) {
    return header == null ? "" : header;
  }

  /** By the lower half of the id, as a number: those below the share's part of the range. */
  private boolean kept(String traceId) {
    if (share >= 1) {
      return true;
    }
    // the two highest bits are the same in all UUIDs
    long low = (Long.parseUnsignedLong(traceId, 16, 32, 16) << 2) >>> 1;
    return low < (long) (share * Long.MAX_VALUE);
  }

  /**
   * Returns whether a header is a valid {@code traceparent}. The version is 00, or a later one that
   * begins alike; no id is all zeros.
   */
  private static boolean sound(String header) {
    boolean shaped =
        header.length() >= LENGTH
            && (header.length() == LENGTH
                || (!header.startsWith("00") && header.charAt(LENGTH) == '-'))
            && !header.startsWith("ff")
            && header.charAt(TRACE_AT - 1) == '-'
            && header.charAt(PARENT_AT - 1) == '-'
            && header.charAt(FLAGS_AT - 1) == '-';
    return shaped
        && hex(header, 0, TRACE_AT - 1)
        && hex(header, TRACE_AT, PARENT_AT - 1)
        && hex(header, PARENT_AT, FLAGS_AT - 1)
        && hex(header, FLAGS_AT, LENGTH)
        && !zero(header, TRACE_AT, PARENT_AT - 1)
        && !zero(header, PARENT_AT, FLAGS_AT - 1);
  }

  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean zero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
