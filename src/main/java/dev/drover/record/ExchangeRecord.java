package dev.drover.record;

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
 * @param trace where it stands in a trace
 * @param asked what the client wanted
 * @param attempts in order of their start
 * @param target the target that answered, or null
 * @param providerModel the name of the model that answered, or null
 * @param status the HTTP status the client got; 0 when it got none
 * @param code why Drover refused, or why a response under a good status is no answer; null for
 *     neither
 * @param decision where it was sent and why; null when it did not come to that
 * @param cost of the answer that the client got
 * @param charged what quotas and budgets were charged: the answer and what was spent in vain
 * @param cached what it had to do with the cache
 * @param timing when it came and how long it took
 * @param droppedFields the number of the request's fields that the target of another API did not
 *     get
 */
public record ExchangeRecord(
    String id,
    TraceContext trace,
    Asked asked,
    List<AttemptRecord> attempts,
    @Nullable String target,
    @Nullable String providerModel,
    Ending ending,
    int status,
    @Nullable String code,
    @Nullable DecisionSummary decision,
    Usage usage,
    NanoDollars cost,
    Charge charged,
    Cached cached,
    Timing timing,
    int droppedFields) {

  /** The record of an exchange whose target speaks the client's API, or that has none. */
  public ExchangeRecord(
      String id,
      TraceContext trace,
      Asked asked,
      List<AttemptRecord> attempts,
      @Nullable String target,
      @Nullable String providerModel,
      Ending ending,
      int status,
      @Nullable String code,
      @Nullable DecisionSummary decision,
      Usage usage,
      NanoDollars cost,
      Charge charged,
      Cached cached,
      Timing timing) {
    this(
        id,
        trace,
        asked,
        attempts,
        target,
        providerModel,
        ending,
        status,
        code,
        decision,
        usage,
        cost,
        charged,
        cached,
        timing,
        0);
  }

  /**
   * The request that the client made.
   *
   * @param operation the OpenTelemetry operation name, such as {@code chat}
   * @param model the configured model's name; null when the request named none that is known
   * @param task the task class of the request; null when it was not determined
   * @param policy the policy that decided, or null
   * @param caller the caller of the request
   * @param tags the tags that the policy gives to the record
   */
  public record Asked(
      String operation,
      @Nullable String model,
      boolean stream,
      @Nullable String task,
      @Nullable String policy,
      Map<String, String> tags,
      Caller caller) {
    public static Asked untried(
        String operation, @Nullable String model, boolean stream, Caller caller) {
      return new Asked(operation, model, stream, null, null, Map.of(), caller);
    }
  }

  /**
   * An attempt at a target.
   *
   * @param status the target's HTTP status; 0 when it sent none
   * @param latencyNanos nanoseconds to the response headers; negative when there were none
   * @param usage the tokens of the response. They are estimated where a provider bills but states
   *     no count: the prompt of an attempt that was given up, the whole response of one that was
   *     outrun
   * @param cost the cost of that usage
   * @param course the destination and the times of the attempt
   */
  public record AttemptRecord(
      String target,
      Outcome outcome,
      int status,
      long latencyNanos,
      Usage usage,
      NanoDollars cost,
      Course course) {}

  /**
   * The destination and the times of an attempt.
   *
   * @param spanId the id of the attempt's own span
   * @param provider the provider's name in the config
   * @param server the provider's host
   * @param model the provider's name for the model
   * @param startNanos nanoseconds from the request's headers to the attempt's start
   * @param durationNanos nanoseconds from the attempt's start to its end
   */
  public record Course(
      String spanId,
      String provider,
      String server,
      String model,
      long startNanos,
      long durationNanos) {}

  /**
   * The part that the cache played in an exchange.
   *
   * @param result {@code hit}, {@code miss} or {@code bypass}; empty when the request is not cached
   * @param saved the cost that a hit avoided: that of the response when it was made
   */
  public record Cached(String result, NanoDollars saved) {
    public static final Cached NOT = new Cached("", NanoDollars.ZERO);
  }

  /** Tokens and money. */
  public record Charge(long tokens, NanoDollars cost) {
    public static final Charge NOTHING = new Charge(0, NanoDollars.ZERO);

    public Charge plus(Usage usage, NanoDollars more) {
      return new Charge(tokens + usage.tokens(), cost.plus(more));
    }
  }

  /** The cost of attempts that another's answer outran. */
  public NanoDollars hedgeCost() {
    NanoDollars sum = NanoDollars.ZERO;
    for (AttemptRecord attempt : attempts) {
      sum = attempt.outcome() == Outcome.OUTRUN ? sum.plus(attempt.cost()) : sum;
    }
    return sum;
  }

  /**
   * The times of an exchange.
   *
   * @param durationNanos nanoseconds from the request's headers to the end
   * @param firstByteNanos nanoseconds from the request's headers to the first byte of the response
   *     body; negative when there was none
   */
  public record Timing(Instant started, long durationNanos, long firstByteNanos) {}

  public ExchangeRecord {
    attempts = List.copyOf(attempts);
  }
}
