package dev.drover.dialect;

import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The facts that a response stated about itself.
 *
 * @param usage the tokens the provider stated, or null when it stated none (so far)
 * @param outputBytes bytes of generated text seen, as written in JSON; the basis of an estimate;
 *     negative when some text may not have been seen
 * @param finishReason the reason that the provider stated for the end, or null
 * @param ends the number of choices that stated why they ended; 0 where a part could not be read
 * @param readable true when the response was understood and is no error; false when it was damaged
 *     or says that it is an error
 */
public record ResponseFacts(
    @Nullable Usage usage,
    long outputBytes,
    @Nullable String finishReason,
    int ends,
    boolean readable) {
  /** The facts of a response that stated nothing. */
  public static final ResponseFacts NONE = new ResponseFacts(null, 0, null, 0, true);

  /** The facts of a response that could not be read, through no fault of its own. */
  public static final ResponseFacts UNREAD = new ResponseFacts(null, -1, null, 0, true);
}
