package dev.drover.exchange;

import dev.drover.cache.CachedAnswer;
import dev.drover.catalog.Target;
import dev.drover.coordination.Joint;
import dev.drover.dialect.AnswerHead;
import dev.drover.dialect.AnswerReader;
import dev.drover.dialect.RequestFacts;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.routing.Ask;
import dev.drover.routing.policy.Verdict;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers from the cache, in the form that the client asked for. */
record CacheReply(ExchangeContext context, Call call, Ask ask, Verdict verdict) {
  private static final String EVENT_STREAM = "text/event-stream";

  /** The answer that is kept for the request, or null: it has to be asked for. */
  @Nullable Step find(CacheUse use) {
    CachedAnswer answer = use.key() == null || !use.find() ? null : context.cache().find(use.key());
    return answer == null ? null : give(answer);
  }

  /** What others may have kept of it; null when it may not be given. */
  Joint.@Nullable Sought sought(CacheUse use) {
    return use.key() == null || !use.find()
        ? null
        : new Joint.Sought(
            use.key(),
            ask.model().targets().stream()
                .filter(this::mayAnswer)
                .map(target -> CachedAnswer.source(target.name(), target.model()))
                .toList());
  }

  /** A kept answer in the form that was asked for; null when it must not be given any more. */
  @Nullable Step give(CachedAnswer answer) {
    boolean good =
        ask.model().targets().stream()
            .anyMatch(
                target ->
                    target.name().equals(answer.target())
                        && target.model().equals(answer.providerModel())
                        && mayAnswer(target));
    if (!good) {
      return null;
    }
    boolean stream = ask.facts().stream();
    Bytes body = body(answer, ask.facts());
    if (body == null) {
      return null;
    }
    context.listener().finished(record(answer));
    return Step.to(
        new Ended(),
        new Outbound.Immediate(
            200,
            Map.of(
                "content-type",
                answer.stream() == stream
                    ? answer.contentType()
                    : stream ? EVENT_STREAM : "application/json",
                Wire.EXCHANGE_HEADER,
                call.id(),
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

  /** Whether the target would still be asked. */
  private boolean mayAnswer(Target target) {
    return call.ruleset().router().mayAnswer(target, ask, verdict);
  }

  private @Nullable Bytes body(CachedAnswer answer, RequestFacts facts) {
    if (!facts.stream()) {
      return answer.stream() ? call.dialect().document(answer.body()) : answer.body();
    }
    boolean unasked = facts.streamUsage() != null;
    return answer.stream()
        ? unasked ? withoutUsage(answer, facts) : answer.body()
        : call.dialect().events(answer.body(), !unasked);
  }

  private Bytes withoutUsage(CachedAnswer answer, RequestFacts facts) {
    AnswerHead head = new AnswerHead(200, answer.contentType(), "");
    try (AnswerReader reader = call.dialect().answer(facts, head, true)) {
      Bytes other = reader.read(answer.body(), true);
      return other == null ? answer.body() : other;
    }
  }

  private ExchangeRecord record(CachedAnswer answer) {
    return new ExchangeRecord(
        call.id(),
        call.trace(),
        call.asked(ask, verdict.policy(), verdict.tags()),
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
            call.started(), context.ticker().nanos() - call.startNanos(), -1));
  }
}
