package dev.drover.record;

import dev.drover.message.HeaderEdits;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The position of an exchange in a trace, as defined by W3C Trace Context. Immutable.
 *
 * @param traceId 32 lower-case hex digits; empty when the exchange is part of no trace
 * @param spanId the exchange's own span; empty when Drover adds none
 * @param parentId the client's span, or null
 * @param state the client's {@code tracestate}; empty when it sent none
 * @param sampled true when the exchange's spans are kept
 */
public record TraceContext(
    String traceId, String spanId, @Nullable String parentId, String state, boolean sampled) {
  /** Part of no trace. */
  public static final TraceContext NONE = new TraceContext("", "", null, "", false);

  private static final String HEADER = "traceparent";
  private static final String STATE_HEADER = "tracestate";

  /** An id for a span, random and never 0. */
  public static String freshSpan() {
    long id = ThreadLocalRandom.current().nextLong();
    return HexFormat.of().toHexDigits(id == 0 ? 1 : id);
  }

  /** Makes what is sent on a child of one of the exchange's spans. */
  public HeaderEdits passOn(String span) {
    return spanId.isEmpty()
        ? HeaderEdits.NONE
        : new HeaderEdits(
            parentId == null ? Set.of(STATE_HEADER) : Set.of(), // the state is of the parent's
            Map.of(HEADER, "00-" + traceId + "-" + span + (sampled ? "-01" : "-00")));
  }
}
