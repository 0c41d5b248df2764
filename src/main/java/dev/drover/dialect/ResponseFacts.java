package dev.drover.dialect;

import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The facts that a response stated about itself.
 *
 * @param usage the tokens the provider stated, or null when it stated none (so far)
 * @param unstatedBytes bytes of generated text that came after the last statement of usage, as
 *     written in JSON; 0 without such a statement
 * @param outputBytes bytes of generated text seen, as written in JSON; the basis of an estimate;
 *     negative when some text may not have been seen
 * @param finishReason the reason that the provider stated for the end, or null
 * @param ends the number of choices that stated why they ended; 0 where a part could not be read
 * @param fault why the response is no answer; null when it is one
 */
public record ResponseFacts(
    @Nullable Usage usage,
    long unstatedBytes,
    long outputBytes,
    @Nullable String finishReason,
    int ends,
    @Nullable Fault fault) {
  /** The facts of a response that stated nothing. */
  public static final ResponseFacts NONE = new ResponseFacts(null, 0, 0, null, 0, null);

  /** The facts of a response that could not be read, through no fault of its own. */
  public static final ResponseFacts UNREAD = new ResponseFacts(null, 0, -1, null, 0, null);

  /** Returns whether the response was understood and is an answer. */
  public boolean readable() {
    return fault == null;
  }
}
