package dev.drover.record;

import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request and of its copy at the shadow target. The copy is nobody's bill. Holds
 * no content. Immutable.
 *
 * @param exchange the exchange's id
 * @param started when the request came
 * @param model the configured model's name
 * @param primary the answer that the client got
 * @param shadow the answer that was dropped
 */
public record ShadowRecord(
    String exchange, Instant started, String model, Side primary, Side shadow) {
  /**
   * One answer.
   *
   * @param target who answered, or null
   * @param status the HTTP status; 0 when there was none
   * @param headersNanos time to its headers; negative when there were none
   * @param totalNanos time to its end
   * @param finishReason as the provider has it, or null
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

  /** How the two compare, in a word: for labels. */
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
