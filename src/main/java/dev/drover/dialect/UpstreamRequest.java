package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;

/**
 * Holds all that an attempt sends to a provider, but for its credential. Immutable.
 *
 * @param method the HTTP method
 * @param path the path with its query
 * @param headers further request headers, lower-case names
 * @param body the request's body
 */
public record UpstreamRequest(String method, String path, Map<String, String> headers, Body body) {
  public UpstreamRequest {
    headers = Map.copyOf(headers);
  }

  /** The body of an upstream request, told apart by whether the client's own bytes are sent. */
  public sealed interface Body {
    /** The client's body goes as it came. */
    record Unchanged() implements Body {}

    /**
     * Another body goes.
     *
     * @param parts its bytes, in order; may be slices of the client's body
     */
    record Rope(List<Bytes> parts) implements Body {
      public Rope {
        parts = List.copyOf(parts);
      }
    }

    /** Returns the bytes that are sent, in order. */
    default List<Bytes> parts(Bytes clients) {
      return this instanceof Rope(List<Bytes> parts) ? parts : List.of(clients);
    }
  }

  /** The body that goes as it came. */
  public static final Body UNCHANGED = new Body.Unchanged();
}
