package dev.drover.record;

import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The results of a request and of its copy at the shadow target. Nobody is charged for the copy.
 * Holds no content. Immutable.
 *
 * @param exchange the exchange's id
 * @param started the time when the request came
 * @param model the configured model's name
 * @param primary the response that the client got
 * @param shadow the response that was dropped
 */
public record ShadowRecord(
    String exchange, Instant started, String model, Side primary, Side shadow) {
  /**
   * The response to the request or to its copy.
   *
   * @param target the target that responded, or null
   * @param status the HTTP status; 0 when there was none
   * @param headersNanos nanoseconds to the response headers; negative when there were none
   * @param totalNanos nanoseconds to the end of the response
   * @param finishReason the finish reason that the provider stated, or null
   */
  public record Side(
      @Nullable String target,
      int status,
      Ending ending,
      long headersNanos,
      long totalNanos,
      Usage usage,
      NanoDollars cost,
      @Nullable String finishReason) {
    boolean good() {
      return ending == Ending.COMPLETE && status < 300;
    }
  }

  /** Returns the result of the comparison as one word, for labels. */
  public String verdict() {
    if (!shadow.good()) {
      return primary.good() ? "shadow_failed" : "both_failed";
    }
    if (!primary.good()) {
      return "primary_failed";
    }
    boolean alike =
        primary.finishReason() == null
            || shadow.finishReason() == null
            || primary.finishReason().equals(shadow.finishReason());
    return alike ? "alike" : "finish_reason_differs";
  }
}
