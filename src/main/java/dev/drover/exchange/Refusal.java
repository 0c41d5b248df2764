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
  /** The longest that OpenAI's clients wait for before they try again. */
  private static final long MOST_SECONDS = 60;

  /** Returns whether the same request may succeed soon, so that a client may try it again. */
  private static boolean helps(RefusedRequest why) {
    Long after = why.retryAfterSeconds();
    return why.status() == 429 ? after != null && after <= MOST_SECONDS : why.status() == 503;
  }

  /** Refuses a request whose body was not read. */
  Transition because(int status, String code, String message, @Nullable String param) {
    return because(RefusedRequest.unread(status, code, message, param));
  }

  /** Refuses a request. */
  Transition because(RefusedRequest why) {
    boolean stream = why.facts() != null && why.facts().stream();
    request.held().release();
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
    if (!helps(why)) {
      headers.put("x-should-retry", "false");
    }
    return Transition.to(
        new Ended(),
        Replies.error(
            request.client(), why.status(), why.code(), why.message(), why.param(), headers));
  }
}
