package dev.drover.exchange;

import dev.drover.cache.CachedResponse;
import dev.drover.catalog.Target;
import dev.drover.coordination.Coordinator;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseTransform;
import dev.drover.dialect.Translation;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers from the cache, in the form that the client asked for. */
record CacheReply(
    ExchangeContext context,
    RequestContext request,
    RoutingRequest routingRequest,
    PolicyResult policyResult) {
  private static final String EVENT_STREAM = "text/event-stream";

  /** The answer that is kept for the request, or null: it has to be asked for. */
  @Nullable Transition find(CacheUse use) {
    CachedResponse answer =
        use.key() == null || !use.find() ? null : context.cache().find(use.key());
    return answer == null ? null : give(answer);
  }

  /**
   * Returns the search for a cached response that another Drover may have kept. Null when the
   * request must not be served from the cache.
   */
  Coordinator.@Nullable Sought sought(CacheUse use) {
    return use.key() == null || !use.find()
        ? null
        : new Coordinator.Sought(
            use.key(),
            routingRequest.model().targets().stream()
                .filter(this::mayAnswer)
                .map(target -> CachedResponse.source(target.name(), target.model()))
                .toList());
  }

  /** A kept answer in the form that was asked for; null when it must not be given any more. */
  @Nullable Transition give(CachedResponse answer) {
    boolean good =
        routingRequest.model().targets().stream()
            .anyMatch(
                target ->
                    target.name().equals(answer.target())
                        && target.model().equals(answer.providerModel())
                        && mayAnswer(target));
    if (!good) {
      return null;
    }
    boolean stream = routingRequest.facts().stream();
    Bytes body = body(answer, routingRequest.facts());
    if (body == null) {
      return null;
    }
    context.listener().finished(record(answer));
    return Transition.to(
        new Ended(),
        new Outbound.ImmediateResponse(
            200,
            Map.of(
                "content-type",
                answer.stream() == stream
                    ? answer.contentType()
                    : stream ? EVENT_STREAM : "application/json",
                Wire.EXCHANGE_HEADER,
                request.id(),
                "x-drover-cache",
                "hit",
                "x-drover-target",
                answer.target(),
                "x-drover-model",
                answer.providerModel(),
                "x-drover-attempts",
                "0"),
            body,
            "drover_cache_hit"));
  }

  /** Returns whether routing would still send this request to the target. */
  private boolean mayAnswer(Target target) {
    return request.ruleset().router().mayAnswer(target, routingRequest, policyResult);
  }

  private @Nullable Bytes body(CachedResponse answer, RequestFacts facts) {
    if (!facts.stream()) {
      return answer.stream() ? request.client().document(answer.body()) : answer.body();
    }
    boolean unasked = facts.streamUsage() != null;
    return answer.stream()
        ? unasked ? withoutUsage(answer, facts) : answer.body()
        : request.client().events(answer.body(), !unasked);
  }

  private Bytes withoutUsage(CachedResponse answer, RequestFacts facts) {
    ResponseHead head = new ResponseHead(200, answer.contentType(), "");
    try (ResponseTransform without =
        Translation.same(request.client()).response(facts, head, true)) {
      Bytes other = without.apply(answer.body(), true);
      return other == null ? answer.body() : other;
    }
  }

  private ExchangeRecord record(CachedResponse answer) {
    return new ExchangeRecord(
        request.id(),
        request.trace(),
        request.asked(routingRequest, policyResult.policy(), policyResult.tags()),
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
        new ExchangeRecord.Cached("hit", answer.cost()),
        new ExchangeRecord.Timing(
            request.started(), context.ticker().nanos() - request.startNanos(), -1));
  }
}
