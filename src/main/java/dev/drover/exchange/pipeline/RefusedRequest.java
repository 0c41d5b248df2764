package dev.drover.exchange.pipeline;

import dev.drover.admission.Admission;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.account.RequestContext;
import dev.drover.routing.Decision;
import dev.drover.types.HeldBytes;
import org.jspecify.annotations.Nullable;

/**
 * Describes why a request is refused. Immutable.
 *
 * @param status the HTTP status
 * @param code a stable machine code
 * @param message a sentence that names the thing, the value and what was expected
 * @param param the field at fault, or null
 * @param retryAfterSeconds seconds after which it may work, or null
 * @param facts what the request says; null when it could not be read
 * @param model the name of the configured model, or null when none is known
 * @param decision the decision that refused it, or null
 */
public record RefusedRequest(
    int status,
    String code,
    String message,
    @Nullable String param,
    @Nullable Long retryAfterSeconds,
    @Nullable RequestFacts facts,
    @Nullable String model,
    Decision.@Nullable Refuse decision) {
  private static final long SECOND = 1_000_000_000;

  /** Returns the refusal of a request that was not read. */
  public static RefusedRequest unread(
      int status, String code, String message, @Nullable String param) {
    return new RefusedRequest(status, code, message, param, null, null, null, null);
  }

  /** Returns the refusal of a request whose body is too large. */
  public static RefusedRequest bodyTooLarge(long most) {
    return unread(
        413, "body_too_large", "body: over " + most + " bytes (expected: at most that)", null);
  }

  /**
   * Holds the body of a request, or returns the refusal of it: a caller's share of the memory, or
   * all of it, is taken by requests under way.
   *
   * @param bytes of the body so far
   */
  public static @Nullable RefusedRequest held(RequestContext request, long bytes) {
    long most = request.ruleset().maxBodyBytes();
    if (bytes > most) {
      return bodyTooLarge(most);
    }
    HeldBytes.Refused refused = request.held().hold(request.origin().caller().identity(), bytes);
    return switch (refused) {
      case null -> null;
      case SHARE ->
          later(429, "memory_share", "the caller's share is taken by its requests under way");
      case WHOLE -> later(503, "memory_full", "all of it is taken by requests under way");
    };
  }

  private static RefusedRequest later(int status, String code, String why) {
    return new RefusedRequest(
        status, code, "memory: " + why + " (expected: fewer at once)", null, 1L, null, null, null);
  }

  /** Returns the refusal of a request by the decision. */
  static RefusedRequest by(Decision.Refuse refuse, RequestFacts facts, String model) {
    return new RefusedRequest(
        refuse.status(),
        refuse.code(),
        refuse.message(),
        null,
        refuse.retryAfterSeconds(),
        facts,
        model,
        refuse);
  }

  /** Returns the refusal of a request that a limit or a budget has no room for. */
  static RefusedRequest limited(Admission.Result.Out out, RequestFacts facts, String model) {
    Long seconds =
        out.waitNanos() < 0 ? null : Math.max(1, (out.waitNanos() + SECOND - 1) / SECOND);
    return new RefusedRequest(429, out.code(), out.message(), null, seconds, facts, model, null);
  }

  /** Returns the refusal of a request for a model that the caller may not use. */
  static RefusedRequest notAllowed(String caller, RequestFacts facts, String model) {
    return new RefusedRequest(
        403,
        "model_not_allowed",
        "model: %s is not for %s (expected: a model listed at /v1/models)".formatted(model, caller),
        "model",
        null,
        facts,
        model,
        null);
  }

  /** Returns the refusal of a request for a model that does not exist. */
  static RefusedRequest unknownModel(String message, RequestFacts facts) {
    return new RefusedRequest(404, "model_not_found", message, "model", null, facts, null, null);
  }
}
