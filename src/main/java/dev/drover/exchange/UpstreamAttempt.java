package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.exchange.account.Attempt;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.FittedRequest;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.account.RoutedExchange;
import dev.drover.message.BodyChange;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Outcome;
import dev.drover.routing.Ruleset;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at the upstream level whose request has been sent.
 *
 * <p>Attempts that may be hedged do not ask for response headers. Envoy 1.40 crashes when it waits
 * for another attempt while this filter holds back headers that Envoy would not retry.
 *
 * @param shared whether the exchange is known here and will end the attempt, since it alone can
 *     tell a failure from a client that left; else the attempt ends with its headers
 */
record UpstreamAttempt(ExchangeContext context, Attempt attempt, boolean shared) implements Phase {
  /** Answers the first message of an upstream-level stream. */
  static Transition open(ExchangeContext context, Inbound.RequestHeaders in, String targetName) {
    ExchangeMetadata exchangeMetadata = in.exchange();
    RoutedExchange exchange =
        exchangeMetadata == null ? null : context.inFlight().get(exchangeMetadata.exchange());
    Ruleset ruleset = exchange == null ? context.ruleset().get() : exchange.request().ruleset();
    Target target = ruleset.catalog().targetById(targetName);
    if (exchangeMetadata == null) {
      return Transition.to(
          new Ended(),
          new Outbound.ProtocolError(
              "upstream level: no exchange in metadata (expected: namespace dev.drover forwarded)"));
    }
    if (target == null && exchange == null) {
      target = context.elsewhere().apply(targetName);
    }
    if (target == null) {
      return Transition.to(
          new Ended(),
          new Outbound.ProtocolError(
              "target: "
                  + targetName
                  + " (expected: a target at its address in force; render Envoy's config again)"));
    }
    if (exchange != null && exchange.answered()) {
      return afterAnswer();
    }
    return exchange == null
        ? ForeignAttempt.open(context, ruleset, in, target, exchangeMetadata)
        : attempt(context, exchange, target);
  }

  private static Transition afterAnswer() {
    return Transition.to(
        new Ended(),
        new Outbound.ProtocolError("attempt: after the answer has begun (expected: none)"));
  }

  private static Transition attempt(
      ExchangeContext context, RoutedExchange exchange, Target target) {
    boolean first = exchange.attempts().isEmpty();
    FittedRequest upstream = exchange.upstream(target);
    if (upstream == null) {
      return afterAnswer();
    }
    Attempt attempt = exchange.begin(target);
    RequestContext request = exchange.request();
    HeaderEdits edits =
        TargetHeaders.add(
                TargetHeaders.clear(request.ruleset().catalog()),
                target.provider(),
                upstream.whole(),
                attempt.credential(),
                request.headers(),
                exchange.translation(target),
                exchange.translated(),
                context.wall().instant())
            .add(request.trace().passOn(attempt.spanId()))
            .build();
    boolean sentAlready =
        first
            && target.equals(exchange.plan().primary())
            && !exchange.hedged()
            && !exchange.translated();
    List<Bytes> body = sentAlready ? null : upstream.parts();
    return Transition.to(
        new UpstreamAttempt(context, attempt, true),
        new Outbound.HeadersResponse(
            edits,
            exchange.hedged() ? ProcessingModes.NOTHING : null,
            false,
            body,
            metadata(target, body)));
  }

  private static Map<String, Object> metadata(Target target, @Nullable List<Bytes> body) {
    return body == null
        ? Map.of(Wire.TARGET_KEY, target.name())
        : Map.of(
            Wire.TARGET_KEY, target.name(),
            Wire.CONTENT_LENGTH_KEY, Bytes.length(body));
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseHeaders headers -> answered(headers);
      case Inbound.RequestBody _, Inbound.ResponseBody _ ->
          Transition.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestTrailers _, Inbound.ResponseTrailers _ ->
          Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.RequestHeaders _ -> {
        closed();
        yield Transition.to(
            new Ended(), new Outbound.ProtocolError("attempt under way: a second request_headers"));
      }
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> {
        closed();
        yield Transition.to(new Ended());
      }
    };
  }

  private Transition answered(Inbound.ResponseHeaders in) {
    attempt.answered(ResponseHeaders.status(in.headers()), in.headers(), context.wall());
    if (!shared) {
      attempt.finish(Outcome.SUCCESS);
    }
    return Transition.to(this, Outbound.headers(HeaderEdits.NONE));
  }

  private void closed() {
    if (!shared) {
      attempt.finish(Outcome.CANCELLED);
    }
  }
}
