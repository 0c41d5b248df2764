package dev.drover.record;

import dev.drover.dialect.ClientApi;
import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The content of an exchange, kept where a policy asks for it in traces. Nothing in it is redacted
 * yet.
 *
 * @param client the API that both are written in
 * @param request the request's body; empty when it was too large to be kept
 * @param answer the response's body as far as it was kept
 * @param stream true when the response is a stream of events
 */
public record Content(ClientApi client, Bytes request, Bytes answer, boolean stream) {
  /**
   * Returns the answer as one document, or null when it is none that can be read. Takes its time.
   */
  public @Nullable Bytes document() {
    return answer.isEmpty() ? null : stream ? client.document(answer) : answer;
  }
}
