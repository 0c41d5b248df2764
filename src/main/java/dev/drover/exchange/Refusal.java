package dev.drover.exchange;

import dev.drover.dialect.RequestFacts;
import dev.drover.routing.Decision;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends an exchange with an error of Drover's own: the answer and the record. */
record Refusal(ExchangeContext context, Call call) {
  Step because(int status, String code, String message, @Nullable String param) {
    return end(null, null, new Why(status, code, message, param, null));
  }

  Step because(RequestFacts facts, @Nullable String model, Decision.Refuse refuse) {
    return end(
        facts,
        model,
        new Why(
            refuse.status(), refuse.code(), refuse.message(), null, refuse.retryAfterSeconds()));
  }

  Step unknownModel(RequestFacts facts, String message) {
    return end(facts, null, new Why(404, "model_not_found", message, "model", null));
  }

  private record Why(
      int status,
      String code,
      String message,
      @Nullable String param,
      @Nullable Long retryAfterSeconds) {}

  private Step end(@Nullable RequestFacts facts, @Nullable String model, Why why) {
    boolean stream = facts != null && facts.stream();
    long now = context.ticker().nanos();
    context
        .listener()
        .finished(call.untried(model, stream, Ending.REFUSED, why.status, why.code, now));
    Map<String, String> headers =
        why.retryAfterSeconds == null
            ? Map.of()
            : Map.of("retry-after", Long.toString(why.retryAfterSeconds));
    return Step.to(
        new Ended(),
        Replies.error(call.dialect(), why.status, why.code, why.message, why.param, headers));
  }
}
