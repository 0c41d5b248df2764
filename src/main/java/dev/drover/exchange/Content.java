package dev.drover.exchange;

import dev.drover.cache.Replay;
import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What was said in an exchange, where a policy wants that traced. Nothing in it is redacted yet.
 *
 * @param request the request's body; empty when it was too large to be kept
 * @param answer the answer's body as far as it was kept
 * @param stream whether the answer is a stream of events
 */
public record Content(Bytes request, Bytes answer, boolean stream) {
  /** The answer as one document; null when it is none that can be read. Takes its time. */
  public @Nullable Bytes document() {
    return answer.isEmpty() ? null : stream ? Replay.document(answer) : answer;
  }
}
