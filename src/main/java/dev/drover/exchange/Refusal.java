package dev.drover.exchange;

import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.pipeline.RefusedRequest;
import dev.drover.record.Ending;
import dev.drover.types.Wire;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends an exchange with an error of Drover's own: the reply and the record. */
record Refusal(ExchangeContext context, RequestContext request) {
  /** Refuses a request whose body was not read. */
  Transition because(int status, String code, String message, @Nullable String param) {
    return because(RefusedRequest.unread(status, code, message, param));
  }

  /** Refuses a request. */
  Transition because(RefusedRequest why) {
    boolean stream = why.facts() != null && why.facts().stream();
    long now = context.ticker().nanos();
    context
        .listener()
        .finished(
            request.untried(
                why.model(),
                stream,
                Ending.REFUSED,
                why.status(),
                why.code(),
                why.decision(),
                now));
    Map<String, String> headers = new HashMap<>();
    headers.put(Wire.EXCHANGE_HEADER, request.id());
    if (why.retryAfterSeconds() != null) {
      headers.put("retry-after", Long.toString(why.retryAfterSeconds()));
    }
    return Transition.to(
        new Ended(),
        Replies.error(
            request.client(), why.status(), why.code(), why.message(), why.param(), headers));
  }
}
