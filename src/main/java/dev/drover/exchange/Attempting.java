package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.message.BodyChange;
import dev.drover.message.Handover;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Modes;
import dev.drover.message.Outbound;
import dev.drover.record.Outcome;
import dev.drover.routing.Ruleset;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at the upstream level, its request sent.
 *
 * <p>Of attempts that may be hedged no answer's headers are asked for: Envoy 1.40 crashes when it
 * has another attempt to wait for and this filter holds back headers that it would not retry.
 *
 * @param shared whether the attempt is part of a journey that will end it, which alone can tell a
 *     failure from a client that left; else it ends with its headers
 */
record Attempting(ExchangeContext context, Attempt attempt, boolean shared) implements Phase {
  /** Answers the first message of an upstream-level stream. */
  static Step open(ExchangeContext context, Inbound.RequestHeaders in, String targetName) {
    Handover handover = in.exchange();
    Journey journey = handover == null ? null : context.journeys().get(handover.exchange());
    Ruleset ruleset = journey == null ? context.ruleset().get() : journey.call().ruleset();
    Target target = ruleset.catalog().targetById(targetName);
    if (handover == null) {
      return Step.to(
          new Ended(),
          new Outbound.ProtocolError(
              "upstream level: no exchange in metadata (expected: namespace dev.drover forwarded)"));
    }
    if (target == null && journey == null) {
      target = context.elsewhere().apply(targetName);
    }
    if (target == null) {
      return Step.to(
          new Ended(),
          new Outbound.ProtocolError(
              "target: "
                  + targetName
                  + " (expected: a target at its address in force; render Envoy's config again)"));
    }
    if (journey != null && journey.answered()) {
      return afterAnswer();
    }
    return journey == null
        ? Adopting.open(context, ruleset, in, target, handover)
        : attempt(context, journey, target);
  }

  private static Step afterAnswer() {
    return Step.to(
        new Ended(),
        new Outbound.ProtocolError("attempt: after the answer has begun (expected: none)"));
  }

  private static Step attempt(ExchangeContext context, Journey journey, Target target) {
    boolean first = journey.attempts().isEmpty();
    List<Bytes> fitted = journey.bodyFor(target);
    if (fitted.isEmpty()) {
      return afterAnswer();
    }
    Attempt attempt = journey.begin(target);
    Call call = journey.call();
    HeaderEdits edits =
        TargetHeaders.add(
                TargetHeaders.clear(call.ruleset().catalog()),
                target,
                call.endpoint(),
                call.query(),
                attempt.key())
            .add(call.trace().passOn(attempt.spanId()))
            .build();
    boolean sentAlready = first && target.equals(journey.plan().primary()) && !journey.hedged();
    List<Bytes> body = sentAlready ? null : fitted;
    return Step.to(
        new Attempting(context, attempt, true),
        new Outbound.HeadersAnswer(
            edits, journey.hedged() ? Modes.NOTHING : null, false, body, metadata(target, body)));
  }

  private static Map<String, Object> metadata(Target target, @Nullable List<Bytes> body) {
    return body == null
        ? Map.of(Wire.TARGET_KEY, target.name())
        : Map.of(
            Wire.TARGET_KEY, target.name(),
            Wire.CONTENT_LENGTH_KEY, Bytes.length(body));
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseHeaders headers -> answered(headers);
      case Inbound.RequestBody _, Inbound.ResponseBody _ ->
          Step.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestTrailers _, Inbound.ResponseTrailers _ ->
          Step.to(this, new Outbound.TrailersAnswer());
      case Inbound.RequestHeaders _ -> {
        closed();
        yield Step.to(
            new Ended(), new Outbound.ProtocolError("attempt under way: a second request_headers"));
      }
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> {
        closed();
        yield Step.to(new Ended());
      }
    };
  }

  private Step answered(Inbound.ResponseHeaders in) {
    attempt.answered(
        AnswerHeaders.status(in.headers()), AnswerHeaders.restNanos(in.headers(), context.wall()));
    if (!shared) {
      attempt.finish(Outcome.SUCCESS);
    }
    return Step.to(this, Outbound.headers(HeaderEdits.NONE));
  }

  private void closed() {
    if (!shared) {
      attempt.finish(Outcome.CANCELLED);
    }
  }
}
