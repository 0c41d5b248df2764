package dev.drover.exchange;

import dev.drover.cache.CachedResponse;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.pipeline.RequestStages.Allowed;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;

/** Ends an exchange with a stored response: the reply and the record. */
record CacheReply(ExchangeContext context) {
  private static final String EVENT_STREAM = "text/event-stream";

  /**
   * Gives a response.
   *
   * @param body the response in the form that was asked for
   */
  Transition give(Allowed allowed, CachedResponse stored, Bytes body) {
    boolean stream = allowed.facts().stream();
    allowed.request().held().release();
    context.listener().finished(record(allowed, stored));
    return Transition.to(
        new Ended(),
        new Outbound.ImmediateResponse(
            200,
            Map.of(
                "content-type",
                stored.stream() == stream
                    ? stored.contentType()
                    : stream ? EVENT_STREAM : "application/json",
                Wire.EXCHANGE_HEADER,
                allowed.request().id(),
                "x-drover-cache",
                "hit",
                "x-drover-target",
                stored.target(),
                "x-drover-model",
                stored.providerModel(),
                "x-drover-attempts",
                "0"),
            body,
            "drover_cache_hit"));
  }

  private ExchangeRecord record(Allowed allowed, CachedResponse stored) {
    RequestContext request = allowed.request();
    return new ExchangeRecord(
        request.id(),
        request.trace(),
        request.asked(allowed.routing(), allowed.policy().policy(), allowed.policy().tags()),
        List.of(),
        null,
        null,
        Ending.COMPLETE,
        200,
        null,
        null,
        Usage.NONE,
        NanoDollars.ZERO,
        ExchangeRecord.Charge.NOTHING,
        new ExchangeRecord.Cached("hit", stored.cost()),
        new ExchangeRecord.Timing(
            request.started(), context.ticker().nanos() - request.startNanos(), -1));
  }
}
