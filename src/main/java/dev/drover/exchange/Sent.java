package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.AnswerHead;
import dev.drover.dialect.AnswerReader;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Modes;
import dev.drover.message.Outbound;
import dev.drover.record.Outcome;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request is on its way to the plan's targets; the answer is awaited. */
record Sent(ExchangeContext context, Journey journey) implements Phase {
  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseHeaders headers -> answered(headers);
      case Inbound.RequestTrailers _ -> Step.to(this, new Outbound.TrailersAnswer());
      case Inbound.RequestHeaders _, Inbound.RequestBody _ -> violation("a second request message");
      case Inbound.ResponseBody _, Inbound.ResponseTrailers _ ->
          violation("no response_headers (expected: response_header_mode SEND)");
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> Step.to(new Settlement(context, journey, null, null).cancelled());
    };
  }

  private Step violation(String what) {
    return Step.to(
        new Settlement(context, journey, null, null).cancelled(),
        new Outbound.ProtocolError("answer awaited: " + what));
  }

  private Step answered(Inbound.ResponseHeaders in) {
    int status = AnswerHeaders.status(in.headers());
    List<Attempt> attempts = journey.attempts();
    Attempt last = attempts.isEmpty() ? null : attempts.getLast();
    Target target = target(in, last, status);
    Attempt winner = journey.winner(target);
    settleAttempts(in, winner == null ? last : winner, status);
    AnswerHead head =
        new AnswerHead(
            status, in.headers().text("content-type"), in.headers().text("content-encoding"));
    Transcript transcript = journey.transcript(head);
    journey.releaseBody();
    boolean dropUsage = target != null && head.ok() && journey.asksUsage(target);
    AnswerReader reader =
        target == null
            ? AnswerReader.none()
            : target.provider().dialect().answer(journey.facts(), head, dropUsage);
    Answering answering =
        new Answering(
            new Settlement(context, journey, recording(target, head), transcript),
            reader,
            journey.call().modes().response(),
            target,
            status);
    HeaderEdits edits = edits(in, target, head, dropUsage);
    if (in.end()) {
      Map<String, Object> metadata = answering.complete();
      return Step.to(new Ended(), new Outbound.HeadersAnswer(edits, null, false, null, metadata));
    }
    return Step.to(answering, new Outbound.HeadersAnswer(edits, override(), false, null, Map.of()));
  }

  /** Copies an answer that may be kept. */
  private @Nullable Recording recording(@Nullable Target target, AnswerHead head) {
    CacheUse use = journey.cacheUse();
    boolean plain = head.contentEncoding().isEmpty();
    boolean good = head.status() == 200;
    return use.key() == null || use.settings() == null || target == null || !plain || !good
        ? null
        : new Recording(context, use.key(), use.settings(), head);
  }

  /**
   * Who answered: whom Envoy names, else the last target tried. An error of nobody's is Envoy's
   * own.
   */
  private @Nullable Target target(Inbound.ResponseHeaders in, @Nullable Attempt last, int status) {
    Target named =
        in.target() == null ? null : journey.call().ruleset().catalog().targetById(in.target());
    if (named != null) {
      return named;
    }
    return last != null ? last.target() : status < 300 ? journey.plan().primary() : null;
  }

  /**
   * The upstream level has reported what it saw; the rest follows from the answer the client gets.
   */
  private void settleAttempts(Inbound.ResponseHeaders in, @Nullable Attempt last, int status) {
    if (last == null) {
      return;
    }
    boolean onlyHere = // no attempt has told its headers; a 5xx of a hedge may be Envoy's own
        journey.hedged() ? status < 500 : !journey.call().ruleset().fallbacks();
    if (onlyHere) {
      last.answered(status, AnswerHeaders.restNanos(in.headers(), context.wall()));
    }
    boolean won = status < 400 || Outcome.ofStatus(status) == Outcome.CALLER_FAULT;
    if (journey.hedged() && won) {
      journey.outrun(last);
    } else if (journey.call().ruleset().fallbacks() && status >= 400) {
      Outcome failed = status == 504 ? Outcome.TIMEOUT : Outcome.FAILURE;
      if (journey.hedged()) {
        journey.failed(failed);
      }
      if (!last.answered() || last.promised()) {
        last.finish(failed);
      }
    }
  }

  private HeaderEdits edits(
      Inbound.ResponseHeaders in, @Nullable Target target, AnswerHead head, boolean dropUsage) {
    HeaderEdits.Builder edits = new HeaderEdits.Builder();
    edits.set(Wire.EXCHANGE_HEADER, journey.id());
    if (target != null) {
      edits.set("x-drover-target", target.name());
      edits.set("x-drover-model", target.model());
    }
    int attempts = Math.max(journey.attempts().size(), in.attempts());
    edits.set("x-drover-attempts", attempts);
    if (!journey.cacheUse().result().isEmpty()) {
      edits.set("x-drover-cache", journey.cacheUse().result());
    }
    journey.admission().headers().forEach(edits::set);
    if (journey.decision().grounds().explain()) {
      edits.set("x-drover-decision", DecisionLine.of(journey.decision()));
    }
    if (dropUsage && head.eventStream()) {
      edits.remove("content-length");
      if (head.gzip()) {
        edits.remove("content-encoding");
      }
    }
    return edits.build();
  }

  /** Answers are never held up: they are read as they pass. */
  private @Nullable Modes override() {
    Modes modes = journey.call().modes();
    boolean passing =
        modes.response() == BodyMode.STREAMED || modes.response() == BodyMode.FULL_DUPLEX_STREAMED;
    return passing ? null : modes.withResponse(BodyMode.STREAMED);
  }
}
