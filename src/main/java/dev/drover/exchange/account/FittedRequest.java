package dev.drover.exchange.account;

import dev.drover.catalog.Target;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.types.Bytes;
import java.util.List;

/**
 * Holds what one target gets of an exchange. Immutable.
 *
 * @param target who gets it
 * @param request method, path, headers and body
 * @param parts the bytes of the body, also where they are the client's own
 */
public record FittedRequest(Target target, UpstreamRequest request, List<Bytes> parts) {
  public FittedRequest {
    parts = List.copyOf(parts);
  }

  /** Returns the request with the bytes of its body, also where they are the client's own. */
  public UpstreamRequest whole() {
    return new UpstreamRequest(
        request.method(), request.path(), request.headers(), new UpstreamRequest.Body.Rope(parts));
  }

  /** Returns the number of bytes of the body. */
  public long length() {
    return Bytes.length(parts);
  }
}
