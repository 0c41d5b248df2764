package dev.drover.message;

import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A reaction of Drover on an ext_proc stream, in most cases the response to a message. A response
 * belongs to the direction of the message that it responds to.
 */
public sealed interface Outbound {
  /**
   * Answers a headers message.
   *
   * @param override the modes asked for, or null
   * @param clearRoute whether Envoy shall choose the route again
   * @param body the whole body in place of the original one, or null
   * @param metadata to be set in Drover's namespace; values are strings, booleans and numbers
   */
  record HeadersResponse(
      HeaderEdits edits,
      @Nullable ProcessingModes override,
      boolean clearRoute,
      @Nullable List<Bytes> body,
      Map<String, Object> metadata)
      implements Outbound {
    /** Returns whether the message goes on unchanged and Envoy is told nothing else. */
    public boolean changesNothing() {
      return edits.isEmpty()
          && override == null
          && !clearRoute
          && body == null
          && metadata.isEmpty();
    }
  }

  /** Answers a body message. */
  record BodyResponse(
      BodyChange change, HeaderEdits edits, boolean clearRoute, Map<String, Object> metadata)
      implements Outbound {
    /** Returns whether the message goes on unchanged and Envoy is told nothing else. */
    public boolean changesNothing() {
      return change instanceof BodyChange.Keep
          && edits.isEmpty()
          && !clearRoute
          && metadata.isEmpty();
    }
  }

  /** Answers a trailers message: they go on as they are. */
  record TrailersResponse() implements Outbound {}

  /**
   * Ends the request with an answer of Drover's own.
   *
   * @param details one word for Envoy's access log
   */
  record ImmediateResponse(int status, Map<String, String> headers, Bytes body, String details)
      implements Outbound {}

  /**
   * Postpones the answer until a reply from elsewhere has come. Nothing more is taken from Envoy
   * before that; then the phase gets an {@link Inbound.Replied}, even if the stream has closed
   * meanwhile.
   *
   * @param reply completes in bounded time, normally or not
   */
  record Await(CompletionStage<?> reply) implements Outbound {}

  /**
   * A message that cannot come in this phase from an Envoy that is set up for Drover. Ends the
   * stream.
   */
  record ProtocolError(String message) implements Outbound {}

  /** A part of a body goes on as it is. */
  Outbound KEPT = new BodyResponse(BodyChange.KEEP, HeaderEdits.NONE, false, Map.of());

  static Outbound headers(HeaderEdits edits) {
    return new HeadersResponse(edits, null, false, null, Map.of());
  }

  static Outbound body(BodyChange change) {
    return change instanceof BodyChange.Keep
        ? KEPT
        : new BodyResponse(change, HeaderEdits.NONE, false, Map.of());
  }
}
