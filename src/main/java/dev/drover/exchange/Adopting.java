package dev.drover.exchange;

import dev.drover.admission.Hold;
import dev.drover.admission.Quota;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Edit;
import dev.drover.dialect.Endpoint;
import dev.drover.dialect.Reading;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.Handover;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Modes;
import dev.drover.message.Outbound;
import dev.drover.routing.Ruleset;
import dev.drover.state.health.AnswerTimes;
import dev.drover.state.health.TargetHealth;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an exchange that another Drover decided: its body is awaited, because only there
 * the request can be read. The router level's Drover keeps the account; this one only rewrites and
 * watches the target's health.
 */
record Adopting(
    ExchangeContext context, Ruleset ruleset, Target target, Endpoint endpoint, String query)
    implements Phase {
  static Step open(
      ExchangeContext context,
      Ruleset ruleset,
      Inbound.RequestHeaders in,
      Target target,
      Handover handover) {
    Endpoint endpoint = endpoint(target.provider().dialect(), handover.operation());
    if (endpoint == null) {
      return Step.to(
          new Ended(),
          new Outbound.ProtocolError(
              "operation: " + handover.operation() + " (expected: one of the dialect's)"));
    }
    String path = in.headers().text(":path");
    int query = path.indexOf('?');
    boolean answerToo =
        ruleset.catalog().models().stream().noneMatch(model -> hedges(model, target));
    Modes modes = new Modes(BodyMode.BUFFERED, in.modes().response(), answerToo);
    return Step.to(
        new Adopting(context, ruleset, target, endpoint, query < 0 ? "" : path.substring(query)),
        new Outbound.HeadersAnswer(HeaderEdits.NONE, modes, false, null, Map.of()));
  }

  private static boolean hedges(Model model, Target target) {
    return model.hedgeMillis() > 0 && model.targets().contains(target);
  }

  private static @Nullable Endpoint endpoint(Dialect dialect, String suffix) {
    return dialect.endpoints().values().stream()
        .filter(endpoint -> endpoint.takesBody() && endpoint.suffix().equals(suffix))
        .findFirst()
        .orElse(null);
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.RequestBody body -> rewrite(body.bytes());
      case Inbound.RequestTrailers _ -> Step.to(this, new Outbound.TrailersAnswer());
      case Inbound.RequestHeaders _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _ ->
          Step.to(
              new Ended(),
              new Outbound.ProtocolError(
                  "request body awaited (expected: allow_mode_override at the upstream level)"));
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> Step.to(new Ended());
    };
  }

  private Step rewrite(Bytes body) {
    Dialect dialect = target.provider().dialect();
    if (!(dialect.read(endpoint, body) instanceof Reading.Read(var facts))) {
      return Step.to(
          new Ended(),
          Replies.error(
              dialect,
              500,
              "body_unreadable",
              "body: cannot be read again at the upstream level",
              null,
              Map.of()));
    }
    List<Bytes> rope = Edit.apply(body, dialect.edits(facts, target.model(), false));
    TargetHealth health = ruleset.estimates().healthOfAny(target);
    Attempt attempt =
        new Attempt(
            target, health.begin(AnswerTimes.UNSEEN), health, context.ticker(), Attempt.NOBODY);
    Quota quota = ruleset.desk().quotas().ofTarget(target.name());
    if (quota != null) {
      quota.count(0); // how many tokens is for the router level's Drover to say
      attempt.holds(new Hold(quota, 0));
    }
    HeaderEdits edits =
        TargetHeaders.add(
                TargetHeaders.clear(ruleset.catalog()), target, endpoint, query, attempt.key())
            .set("content-length", Bytes.length(rope))
            .build();
    return Step.to(
        new Attempting(context, attempt, false),
        new Outbound.BodyAnswer(
            new BodyChange.Replace(rope), edits, false, Map.of(Wire.TARGET_KEY, target.name())));
  }
}
