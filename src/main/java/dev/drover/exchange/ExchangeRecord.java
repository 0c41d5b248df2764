package dev.drover.exchange;

import dev.drover.admission.Caller;
import dev.drover.routing.health.Outcome;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one fact sheet of a finished exchange. Holds no content, no keys and no client addresses.
 * Immutable.
 *
 * @param id the exchange's id
 * @param asked what the client wanted
 * @param attempts in order of their start
 * @param target the target that answered, or null
 * @param providerModel the name of the model that answered, or null
 * @param status the HTTP status the client got; 0 when it got none
 * @param code why Drover refused, or null
 * @param cost of the answer that the client got
 * @param hedgeCost of the attempts that this answer outran, as estimated: whole answers
 */
public record ExchangeRecord(
    String id,
    Asked asked,
    List<AttemptRecord> attempts,
    @Nullable String target,
    @Nullable String providerModel,
    Ending ending,
    int status,
    @Nullable String code,
    Usage usage,
    NanoDollars cost,
    NanoDollars hedgeCost,
    Timing timing) {

  /**
   * What the client wanted.
   *
   * @param operation the OpenTelemetry operation name, such as {@code chat}
   * @param model the configured model's name; null when the request named none that is known
   * @param task the class of its task; null when it was not looked at
   * @param policy the rule that decided, or null
   * @param caller who asked
   * @param tags the words that the rule gives to the record
   */
  public record Asked(
      String operation,
      @Nullable String model,
      boolean stream,
      @Nullable String task,
      @Nullable String policy,
      Map<String, String> tags,
      Caller caller) {
    static Asked untried(String operation, @Nullable String model, boolean stream, Caller caller) {
      return new Asked(operation, model, stream, null, null, Map.of(), caller);
    }
  }

  /**
   * One try of one target.
   *
   * @param status the target's HTTP status; 0 when it sent none
   * @param latencyNanos time to its headers; negative when it sent none
   */
  public record AttemptRecord(String target, Outcome outcome, int status, long latencyNanos) {}

  /**
   * When and how long.
   *
   * @param durationNanos from the request's headers to the end
   * @param firstByteNanos from the request's headers to the first byte of the answer's body;
   *     negative when there was none
   */
  public record Timing(Instant started, long durationNanos, long firstByteNanos) {}

  public ExchangeRecord {
    attempts = List.copyOf(attempts);
  }
}
