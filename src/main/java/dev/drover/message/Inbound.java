package dev.drover.message;

import dev.drover.types.Bytes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event on an ext_proc stream: a message from Envoy, an awaited reply, or the end. */
public sealed interface Inbound {
  /**
   * The first message of a request.
   *
   * @param end whether neither body nor trailers follow
   * @param modes as announced for this stream
   * @param target the target of an upstream-level stream, or null on a router-level one
   * @param peer the URI in the client's certificate, or null
   * @param source the address that the request comes from, as Envoy says it, or null
   * @param exchange the exchange and operation that the router level left in metadata, or null
   * @param tokens payloads that Envoy has verified, by the key of its metadata
   */
  record RequestHeaders(
      Headers headers,
      boolean end,
      ProcessingModes modes,
      @Nullable String target,
      @Nullable String peer,
      @Nullable String source,
      @Nullable ExchangeMetadata exchange,
      Map<String, Object> tokens)
      implements Inbound {
    /** Creates one without tokens and without an address. */
    public RequestHeaders(
        Headers headers,
        boolean end,
        ProcessingModes modes,
        @Nullable String target,
        @Nullable String peer,
        @Nullable ExchangeMetadata exchange) {
      this(headers, end, modes, target, peer, null, exchange, Map.of());
    }
  }

  record RequestBody(Bytes bytes, boolean end) implements Inbound {}

  record RequestTrailers() implements Inbound {}

  /**
   * The answer's headers.
   *
   * @param target the target that Envoy names as the answer's upstream host, or null
   * @param attempts upstream attempts as Envoy counts them; 0 when it does not say
   */
  record ResponseHeaders(Headers headers, boolean end, @Nullable String target, int attempts)
      implements Inbound {}

  record ResponseBody(Bytes bytes, boolean end) implements Inbound {}

  record ResponseTrailers() implements Inbound {}

  /** The reply of the last {@link Outbound.Await} has come; the phase that waits holds it. */
  record Replied() implements Inbound {}

  /** Envoy ended the stream, in whatever way; nothing follows. */
  record Closed() implements Inbound {}
}
