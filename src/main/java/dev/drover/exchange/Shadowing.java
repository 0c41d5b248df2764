package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.AnswerFacts;
import dev.drover.dialect.AnswerHead;
import dev.drover.dialect.AnswerReader;
import dev.drover.dialect.Dialects;
import dev.drover.message.BodyChange;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.Outcome;
import dev.drover.record.ShadowRecord;
import dev.drover.routing.Ruleset;
import dev.drover.state.health.TargetHealth;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;

/**
 * The copy of a request at its shadow target: fitted to it like an attempt, its answer read and
 * compared. Envoy drops the answer, so nothing here reaches the client.
 */
final class Shadowing implements Phase {
  private final ExchangeContext context;
  private final Journey journey;
  private final Pairing pairing;
  private final Attempt attempt;
  private AnswerReader reader = AnswerReader.none();
  private int status;
  private long headersNanos = -1;

  private Shadowing(ExchangeContext context, Journey journey, Pairing pairing, Attempt attempt) {
    this.context = context;
    this.journey = journey;
    this.pairing = pairing;
    this.attempt = attempt;
  }

  /**
   * Answers the first message of a copy's stream.
   *
   * @param targetId the shadow target's id
   */
  static Step open(ExchangeContext context, Inbound.RequestHeaders in, String targetId) {
    Journey journey = context.journeys().get(in.headers().text(Wire.EXCHANGE_HEADER));
    Pairing pairing = journey == null ? null : journey.pairing();
    if (journey == null || pairing == null || journey.answered()) {
      return late();
    }
    Ruleset ruleset = journey.call().ruleset();
    Target target = ruleset.catalog().targetById(targetId);
    if (target == null) {
      return late();
    }
    List<Bytes> body = journey.bodyFor(target);
    if (body.isEmpty()) {
      return late();
    }
    TargetHealth health = ruleset.estimates().health(target);
    Attempt attempt =
        new Attempt(
            target,
            ruleset.estimates().begin(target, journey.ask()),
            health,
            context.ticker(),
            Attempt.NOBODY);
    attempt.holds(ruleset.placeAt(target, journey.ask()));
    Call call = journey.call();
    HeaderEdits edits =
        TargetHeaders.add(
                TargetHeaders.clear(ruleset.catalog()),
                target,
                call.endpoint(),
                call.query(),
                attempt.key())
            .build();
    return Step.to(
        new Shadowing(context, journey, pairing, attempt),
        new Outbound.HeadersAnswer(
            edits, null, false, body, Map.of(Wire.CONTENT_LENGTH_KEY, Bytes.length(body))));
  }

  /** The client's answer was faster, or another Drover has the exchange: nothing to compare. */
  private static Step late() {
    return Step.to(
        new Ended(),
        Replies.error(
            Dialects.all().getFirst(),
            503,
            "shadow_too_late",
            "shadow: its exchange is over or not known here",
            null,
            Map.of()));
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseHeaders headers -> answered(headers);
      case Inbound.ResponseBody chunk -> chunk(chunk);
      case Inbound.RequestBody _ -> Step.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestTrailers _ -> Step.to(this, new Outbound.TrailersAnswer());
      case Inbound.ResponseTrailers _ -> {
        reader.read(Bytes.EMPTY, true);
        yield Step.to(end(Ending.COMPLETE), new Outbound.TrailersAnswer());
      }
      case Inbound.RequestHeaders _ ->
          Step.to(
              end(Ending.CUT),
              new Outbound.ProtocolError("shadow under way: a second request_headers"));
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> Step.to(end(status == 0 ? Ending.CANCELLED : Ending.CUT));
    };
  }

  private Step answered(Inbound.ResponseHeaders in) {
    status = AnswerHeaders.status(in.headers());
    headersNanos = context.ticker().nanos() - attempt.startNanos();
    attempt.answered(status, AnswerHeaders.restNanos(in.headers(), context.wall()));
    AnswerHead head =
        new AnswerHead(
            status, in.headers().text("content-type"), in.headers().text("content-encoding"));
    reader = attempt.target().provider().dialect().answer(journey.facts(), head, false);
    return Step.to(in.end() ? end(Ending.COMPLETE) : this, Outbound.headers(HeaderEdits.NONE));
  }

  private Step chunk(Inbound.ResponseBody chunk) {
    reader.read(chunk.bytes(), chunk.end());
    return Step.to(chunk.end() ? end(Ending.COMPLETE) : this, Outbound.body(BodyChange.KEEP));
  }

  private Ended end(Ending ending) {
    boolean complete = ending == Ending.COMPLETE;
    AnswerFacts facts = reader.facts(complete);
    reader.close();
    attempt.finish(outcome(complete, facts.readable()));
    Usage usage = usage(facts, complete);
    attempt.used(usage.input() + usage.output());
    pairing.shadow(
        new ShadowRecord.Side(
            attempt.target().name(),
            status,
            complete && status >= 300 ? Ending.FAILED : ending,
            headersNanos,
            context.ticker().nanos() - attempt.startNanos(),
            usage,
            attempt.target().price().cost(usage),
            facts.finishReason()));
    return new Ended();
  }

  /** Nobody waits for a copy: when it ends without any answer, it was its time that was up. */
  private Outcome outcome(boolean complete, boolean readable) {
    long waited = context.ticker().nanos() - attempt.startNanos();
    boolean silent = status == 0 && waited >= attempt.target().timeoutMillis() * 1_000_000;
    if (!complete) {
      return silent ? Outcome.TIMEOUT : Outcome.CANCELLED;
    }
    return readable ? Outcome.SUCCESS : Outcome.FAILURE;
  }

  private Usage usage(AnswerFacts facts, boolean complete) {
    boolean good = status >= 200 && status < 300;
    Usage.Status stated = complete ? Usage.Status.COMPLETE : Usage.Status.PARTIAL;
    return good ? UsageOf.answer(journey, attempt.target(), facts, stated) : Usage.NONE;
  }
}
