package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseTransform;
import dev.drover.dialect.TextError;
import dev.drover.exchange.account.Accounting;
import dev.drover.exchange.account.Attempt;
import dev.drover.exchange.account.CacheRecorder;
import dev.drover.exchange.account.CacheUse;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.RoutedExchange;
import dev.drover.exchange.account.Transcript;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Outcome;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request is on its way to the plan's targets; the answer is awaited. */
record AwaitingResponse(ExchangeContext context, RoutedExchange exchange) implements Phase {
  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseHeaders headers -> answered(headers);
      case Inbound.RequestTrailers _ -> Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.RequestHeaders _, Inbound.RequestBody _ -> violation("a second request message");
      case Inbound.ResponseBody _, Inbound.ResponseTrailers _ ->
          violation("no response_headers (expected: response_header_mode SEND)");
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> {
        new Accounting(context, exchange, null, null).cancelled();
        yield Transition.to(new Ended());
      }
    };
  }

  private Transition violation(String what) {
    new Accounting(context, exchange, null, null).cancelled();
    return Transition.to(new Ended(), new Outbound.ProtocolError("answer awaited: " + what));
  }

  private Transition answered(Inbound.ResponseHeaders in) {
    int status = ResponseHeaders.status(in.headers());
    List<Attempt> attempts = exchange.attempts();
    Attempt last = attempts.isEmpty() ? null : attempts.getLast();
    Target target = target(in, last, status);
    Attempt winner = exchange.winner(target);
    settleAttempts(in, winner == null ? last : winner, status);
    ResponseHead head =
        new ResponseHead(
            status, in.headers().text("content-type"), in.headers().text("content-encoding"));
    Transcript transcript = exchange.transcript(head);
    exchange.releaseBody();
    boolean dropUsage = target != null && head.ok() && exchange.asksUsage(target);
    ResponseTransform response =
        target == null
            ? ResponseTransform.none()
            : exchange
                .translation(target)
                .response(
                    exchange.facts(),
                    head,
                    exchange.responseContext(target),
                    dropUsage,
                    target.provider().credentials().secrets());
    StreamingResponse streaming =
        new StreamingResponse(
            new Accounting(context, exchange, recording(target, head), transcript),
            response,
            exchange.request().modes().response(),
            target,
            status);
    HeaderEdits edits = edits(in, target, response);
    if (in.end()) {
      Map<String, Object> metadata = streaming.complete();
      return Transition.to(
          new Ended(),
          status < 400
              ? new Outbound.HeadersResponse(edits, null, false, null, metadata)
              : withReason(edits, status, metadata));
    }
    return Transition.to(
        streaming, new Outbound.HeadersResponse(edits, override(), false, null, Map.of()));
  }

  /** An error without a body gets one: clients show its message. */
  private Outbound withReason(HeaderEdits edits, int status, Map<String, Object> metadata) {
    Bytes reason = TextError.withoutText(exchange.request().client(), status);
    HeaderEdits.Builder typed = new HeaderEdits.Builder();
    typed.set("content-type", "application/json").set("content-length", reason.length());
    return new Outbound.HeadersResponse(
        edits.then(typed.build()), null, false, List.of(reason), metadata);
  }

  /** Copies an answer that may be kept. */
  private @Nullable CacheRecorder recording(@Nullable Target target, ResponseHead head) {
    CacheUse use = exchange.cacheUse();
    boolean plain = head.contentEncoding().isEmpty();
    boolean good = head.status() == 200;
    return use.key() == null || use.settings() == null || target == null || !plain || !good
        ? null
        : new CacheRecorder(context, use.key(), use.settings(), head);
  }

  /**
   * Returns the target of the response: the one that Envoy names, else the target of the last
   * attempt. Without an attempt, a status below 300 belongs to the primary target. Null for an
   * error that Envoy made itself.
   */
  private @Nullable Target target(Inbound.ResponseHeaders in, @Nullable Attempt last, int status) {
    Target named =
        in.target() == null ? null : exchange.request().ruleset().catalog().targetById(in.target());
    if (named != null) {
      return named;
    }
    return last != null ? last.target() : status < 300 ? exchange.plan().primary() : null;
  }

  /**
   * The upstream level has reported what it saw; the rest follows from the answer the client gets.
   */
  private void settleAttempts(Inbound.ResponseHeaders in, @Nullable Attempt last, int status) {
    if (last == null) {
      return;
    }
    boolean onlyHere = // no attempt has told its headers; a 5xx of a hedge may be Envoy's own
        exchange.hedged() ? status < 500 : !exchange.request().ruleset().fallbacks();
    if (onlyHere) {
      last.answered(status, in.headers(), context.wall());
    }
    boolean won = status < 400 || Outcome.ofStatus(status) == Outcome.CALLER_FAULT;
    if (exchange.hedged() && won) {
      exchange.outrun(last);
    } else if (exchange.request().ruleset().fallbacks() && status >= 400) {
      Outcome failed = status == 504 ? Outcome.TIMEOUT : Outcome.FAILURE;
      if (exchange.hedged()) {
        exchange.failed(failed);
      }
      if (!last.answered() || last.promised()) {
        last.finish(failed);
      }
    }
  }

  private HeaderEdits edits(
      Inbound.ResponseHeaders in, @Nullable Target target, ResponseTransform response) {
    HeaderEdits.Builder edits = new HeaderEdits.Builder();
    edits.set(Wire.EXCHANGE_HEADER, exchange.id());
    if (target != null) {
      edits.set("x-drover-target", target.name());
      edits.set("x-drover-model", target.model());
      List<String> dropped = exchange.droppedFields(target);
      if (!dropped.isEmpty()) {
        edits.set("x-drover-dropped", String.join(", ", dropped));
      }
    }
    int attempts = Math.max(exchange.attempts().size(), in.attempts());
    edits.set("x-drover-attempts", attempts);
    if (!exchange.cacheUse().result().isEmpty()) {
      edits.set("x-drover-cache", exchange.cacheUse().result());
    }
    exchange.admission().budgetHeaders().forEach(edits::set);
    exchange
        .request()
        .client()
        .limitHeaders(exchange.admission().limits(), context.wall().instant())
        .forEach(edits::set);
    if (exchange.decision().trace().explain()) {
      edits.set("x-drover-decision", DecisionLine.of(exchange.decision()));
    }
    response.removedHeaders().forEach(edits::remove);
    if (!in.end()) {
      response.setHeaders().forEach(edits::set);
    }
    return edits.build();
  }

  /** Answers are never held up: they are read as they pass. */
  private @Nullable ProcessingModes override() {
    ProcessingModes modes = exchange.request().modes();
    boolean passing =
        modes.response() == BodyMode.STREAMED || modes.response() == BodyMode.FULL_DUPLEX_STREAMED;
    return passing ? null : modes.withResponse(BodyMode.STREAMED);
  }
}
