package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.dialect.RequestFacts;
import dev.drover.record.Ending;
import dev.drover.routing.Decision;
import dev.drover.types.Wire;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends an exchange with an error of Drover's own: the answer and the record. */
record Refusal(ExchangeContext context, RequestContext request) {
  Transition because(int status, String code, String message, @Nullable String param) {
    return end(null, null, null, new Why(status, code, message, param, null));
  }

  Transition because(RequestFacts facts, @Nullable String model, Decision.Refuse refuse) {
    return end(
        facts,
        model,
        refuse,
        new Why(
            refuse.status(), refuse.code(), refuse.message(), null, refuse.retryAfterSeconds()));
  }

  Transition notAllowed(RequestFacts facts, String model) {
    return end(
        facts,
        model,
        null,
        new Why(
            403,
            "model_not_allowed",
            "model: %s is not for %s (expected: a model listed at /v1/models)"
                .formatted(model, request.origin().caller().id()),
            "model",
            null));
  }

  Transition limited(RequestFacts facts, String model, Admission.Result.Out out) {
    Long seconds =
        out.waitNanos() < 0 ? null : Math.max(1, (out.waitNanos() + 999_999_999) / 1_000_000_000);
    return end(facts, model, null, new Why(429, out.code(), out.message(), null, seconds));
  }

  Transition unknownModel(RequestFacts facts, String message) {
    return end(facts, null, null, new Why(404, "model_not_found", message, "model", null));
  }

  private record Why(
      int status,
      String code,
      String message,
      @Nullable String param,
      @Nullable Long retryAfterSeconds) {}

  private Transition end(
      @Nullable RequestFacts facts,
      @Nullable String model,
      Decision.@Nullable Refuse decision,
      Why why) {
    boolean stream = facts != null && facts.stream();
    long now = context.ticker().nanos();
    context
        .listener()
        .finished(
            request.untried(model, stream, Ending.REFUSED, why.status, why.code, decision, now));
    Map<String, String> headers = new HashMap<>();
    headers.put(Wire.EXCHANGE_HEADER, request.id());
    if (why.retryAfterSeconds != null) {
      headers.put("retry-after", Long.toString(why.retryAfterSeconds));
    }
    return Transition.to(
        new Ended(),
        Replies.error(request.client(), why.status, why.code, why.message, why.param, headers));
  }
}
