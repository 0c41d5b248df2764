package dev.drover.exchange;

import dev.drover.dialect.RequestFacts;
import dev.drover.routing.Decision;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.util.List;
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
    long now = context.ticker().nanos();
    context
        .listener()
        .finished(
            new ExchangeRecord(
                call.id(),
                new ExchangeRecord.Asked(
                    call.endpoint().operation(), model, facts != null && facts.stream()),
                List.of(),
                null,
                null,
                Ending.REFUSED,
                why.status,
                why.code,
                Usage.NONE,
                NanoDollars.ZERO,
                new ExchangeRecord.Timing(call.started(), now - call.startNanos(), -1)));
    Map<String, String> headers =
        why.retryAfterSeconds == null
            ? Map.of()
            : Map.of("retry-after", Long.toString(why.retryAfterSeconds));
    return Step.to(
        new Ended(),
        Replies.error(call.dialect(), why.status, why.code, why.message, why.param, headers));
  }
}
