package dev.drover.dialect;

import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What an answer said of itself.
 *
 * @param usage the tokens the provider stated, or null when it stated none (so far)
 * @param outputBytes bytes of generated text seen, as written in JSON; the basis of an estimate;
 *     negative where there may have been any that were not seen
 * @param finishReason why the provider says it ended, or null
 * @param ends how many choices said why they ended; 0 where a part could not be read
 * @param readable whether the answer was understood and is one; false when it was damaged or says
 *     that it is an error
 */
public record ResponseFacts(
    @Nullable Usage usage,
    long outputBytes,
    @Nullable String finishReason,
    int ends,
    boolean readable) {
  /** Nothing was said. */
  public static final ResponseFacts NONE = new ResponseFacts(null, 0, null, 0, true);

  /** Nothing could be read, through no fault of the answer. */
  public static final ResponseFacts UNREAD = new ResponseFacts(null, -1, null, 0, true);
}
