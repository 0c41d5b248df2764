package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseTransform;
import dev.drover.exchange.account.Attempt;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.FittedRequest;
import dev.drover.exchange.account.RoutedExchange;
import dev.drover.exchange.account.ShadowComparison;
import dev.drover.exchange.account.UsageEstimator;
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
final class ShadowAttempt implements Phase {
  private final ExchangeContext context;
  private final RoutedExchange exchange;
  private final ShadowComparison comparison;
  private final Attempt attempt;
  private ResponseTransform response = ResponseTransform.none();
  private int status;
  private long headersNanos = -1;

  private ShadowAttempt(
      ExchangeContext context,
      RoutedExchange exchange,
      ShadowComparison comparison,
      Attempt attempt) {
    this.context = context;
    this.exchange = exchange;
    this.comparison = comparison;
    this.attempt = attempt;
  }

  /**
   * Answers the first message of a copy's stream.
   *
   * @param targetId the shadow target's id
   */
  static Transition open(ExchangeContext context, Inbound.RequestHeaders in, String targetId) {
    RoutedExchange exchange = context.inFlight().get(in.headers().text(Wire.EXCHANGE_HEADER));
    ShadowComparison comparison = exchange == null ? null : exchange.comparison();
    if (exchange == null || comparison == null || exchange.answered()) {
      return late();
    }
    Ruleset ruleset = exchange.request().ruleset();
    Target target = ruleset.catalog().targetById(targetId);
    if (target == null) {
      return late();
    }
    FittedRequest upstream = exchange.upstream(target);
    if (upstream == null) {
      return late();
    }
    List<Bytes> body = upstream.parts();
    TargetHealth health = ruleset.estimates().health(target);
    Attempt attempt =
        new Attempt(
            target,
            ruleset.estimates().begin(target, exchange.routingRequest()),
            health,
            context.ticker(),
            Attempt.NOBODY);
    attempt.holds(ruleset.placeAt(target, exchange.routingRequest()));
    HeaderEdits edits =
        TargetHeaders.add(
                TargetHeaders.clear(ruleset.catalog()),
                target.provider(),
                upstream.whole(),
                attempt.credential(),
                exchange.request().headers(),
                exchange.translation(target),
                true,
                context.wall().instant())
            .build();
    return Transition.to(
        new ShadowAttempt(context, exchange, comparison, attempt),
        new Outbound.HeadersResponse(
            edits, null, false, body, Map.of(Wire.CONTENT_LENGTH_KEY, Bytes.length(body))));
  }

  /** The client's answer was faster, or another Drover has the exchange: nothing to compare. */
  private static Transition late() {
    return Transition.to(
        new Ended(),
        Replies.error(
            Dialects.usual(),
            503,
            "shadow_too_late",
            "shadow: its exchange is over or not known here",
            null,
            Map.of()));
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseHeaders headers -> answered(headers);
      case Inbound.ResponseBody chunk -> chunk(chunk);
      case Inbound.RequestBody _ -> Transition.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestTrailers _ -> Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.ResponseTrailers _ -> {
        response.apply(Bytes.EMPTY, true);
        yield Transition.to(end(Ending.COMPLETE), new Outbound.TrailersResponse());
      }
      case Inbound.RequestHeaders _ ->
          Transition.to(
              end(Ending.CUT),
              new Outbound.ProtocolError("shadow under way: a second request_headers"));
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(end(status == 0 ? Ending.CANCELLED : Ending.CUT));
    };
  }

  private Transition answered(Inbound.ResponseHeaders in) {
    status = ResponseHeaders.status(in.headers());
    headersNanos = context.ticker().nanos() - attempt.startNanos();
    attempt.answered(status, in.headers(), context.wall());
    ResponseHead head =
        new ResponseHead(
            status, in.headers().text("content-type"), in.headers().text("content-encoding"));
    response =
        exchange
            .translation(attempt.target())
            .response(
                exchange.facts(),
                head,
                exchange.responseContext(attempt.target()),
                false,
                List.of()); // nobody gets it
    return Transition.to(
        in.end() ? end(Ending.COMPLETE) : this, Outbound.headers(HeaderEdits.NONE));
  }

  private Transition chunk(Inbound.ResponseBody chunk) {
    response.apply(chunk.bytes(), chunk.end());
    return Transition.to(chunk.end() ? end(Ending.COMPLETE) : this, Outbound.body(BodyChange.KEEP));
  }

  private Ended end(Ending ending) {
    boolean complete = ending == Ending.COMPLETE;
    ResponseFacts facts = response.facts(complete);
    response.close();
    attempt.finish(outcome(complete, facts.readable()));
    Usage usage = usage(facts, complete);
    attempt.used(usage.input() + usage.output());
    comparison.shadow(
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

  /**
   * Returns the outcome of the copy at its end. A copy without response headers timed out once the
   * target's timeout has passed; any other incomplete copy was cancelled.
   */
  private Outcome outcome(boolean complete, boolean readable) {
    long waited = context.ticker().nanos() - attempt.startNanos();
    boolean silent = status == 0 && waited >= attempt.target().timeoutMillis() * 1_000_000;
    if (!complete) {
      return silent ? Outcome.TIMEOUT : Outcome.CANCELLED;
    }
    return readable ? Outcome.SUCCESS : Outcome.FAILURE;
  }

  private Usage usage(ResponseFacts facts, boolean complete) {
    boolean good = status >= 200 && status < 300;
    Usage.Status stated = complete ? Usage.Status.COMPLETE : Usage.Status.PARTIAL;
    return good ? UsageEstimator.answer(exchange, attempt.target(), facts, stated) : Usage.NONE;
  }
}
