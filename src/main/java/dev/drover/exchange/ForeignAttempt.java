package dev.drover.exchange;

import dev.drover.admission.Quota;
import dev.drover.admission.QuotaReservation;
import dev.drover.catalog.Model;
import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.HubRequest;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.Translation;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.exchange.account.Attempt;
import dev.drover.exchange.account.ClientHeaders;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.routing.Ruleset;
import dev.drover.state.health.ResponseTimes;
import dev.drover.state.health.TargetHealth;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an exchange that another Drover decided: its body is awaited, because only there
 * the request can be read. The router level's Drover keeps the account; this one only rewrites and
 * watches the target's health.
 */
record ForeignAttempt(
    ExchangeContext context,
    Ruleset ruleset,
    Target target,
    ClientApi client,
    Operation operation,
    Map<String, String> variables,
    String query,
    ClientHeaders forwarded,
    String credential)
    implements Phase {
  static Transition open(
      ExchangeContext context,
      Ruleset ruleset,
      Inbound.RequestHeaders in,
      Target target,
      ExchangeMetadata exchangeMetadata) {
    ClientApi client = client(exchangeMetadata.api());
    Operation operation =
        client == null
            ? null
            : operation(client, exchangeMetadata.operation(), in.headers().text(":method"));
    if (client == null || operation == null) {
      return Transition.to(
          new Ended(),
          new Outbound.ProtocolError(
              "operation: %s of API %s (expected: one that this Drover knows)"
                  .formatted(exchangeMetadata.operation(), exchangeMetadata.api())));
    }
    String path = in.headers().text(":path");
    int query = path.indexOf('?');
    boolean answerToo =
        ruleset.catalog().models().stream().noneMatch(model -> hedges(model, target));
    ProcessingModes modes =
        new ProcessingModes(BodyMode.BUFFERED, in.modes().response(), answerToo);
    ForeignAttempt attempt =
        new ForeignAttempt(
            context,
            ruleset,
            target,
            client,
            operation,
            Objects.requireNonNullElse(operation.variables(path), Map.of()),
            query < 0 ? "" : path.substring(query),
            ClientHeaders.sorted(in.headers(), client, ruleset.catalog()),
            exchangeMetadata.credential());
    return in.end()
        ? attempt.rewrite(Bytes.EMPTY, true)
        : Transition.to(
            attempt, new Outbound.HeadersResponse(HeaderEdits.NONE, modes, false, null, Map.of()));
  }

  private static boolean hedges(Model model, Target target) {
    return model.hedgeMillis() > 0 && model.targets().contains(target);
  }

  /** Returns the API that the client speaks; a Drover of version 0.1 does not say which. */
  private static @Nullable ClientApi client(String api) {
    return api.isEmpty() ? Dialects.usual() : Dialects.clientNamed(api).orElse(null);
  }

  private static @Nullable Operation operation(ClientApi client, String suffix, String method) {
    return client.operations().stream()
        .filter(operation -> operation.isRouted() && operation.suffix().equals(suffix))
        .filter(operation -> operation.method().equals(method))
        .findFirst()
        .orElse(null);
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.RequestBody body -> rewrite(body.bytes(), false);
      case Inbound.RequestTrailers _ -> Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.RequestHeaders _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _ ->
          Transition.to(
              new Ended(),
              new Outbound.ProtocolError(
                  "request body awaited (expected: allow_mode_override at the upstream level)"));
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(new Ended());
    };
  }

  private Transition rewrite(Bytes body, boolean bodyless) {
    if (!(client.parse(operation, variables, body) instanceof ParseResult.Read(var facts))) {
      return Transition.to(
          new Ended(),
          Replies.error(
              client,
              500,
              "body_unreadable",
              "body: cannot be read again at the upstream level",
              null,
              Map.of()));
    }
    Provider provider = target.provider();
    Translation translation = Translation.between(client, provider.api(client), facts);
    UpstreamRequest made =
        translation.request(
            facts,
            body,
            new HubRequest(client, facts, body),
            query,
            provider.path(translation.provider(), target.model()),
            target.asked(),
            false);
    List<Bytes> rope = made.body().parts(body);
    UpstreamRequest upstream =
        new UpstreamRequest(
            made.method(),
            provider.withQuery(made.path()),
            made.headers(),
            new UpstreamRequest.Body.Rope(rope));
    TargetHealth health = ruleset.estimates().healthOfAny(target);
    Attempt attempt =
        new Attempt(
            target,
            null,
            credential,
            health.begin(ResponseTimes.UNSEEN),
            health,
            context.ticker(),
            Attempt.NOBODY);
    Quota quota = ruleset.controller().quotas().ofTarget(target.name());
    if (quota != null) {
      quota.count(0); // how many tokens is for the router level's Drover to say
      attempt.holds(new QuotaReservation(quota, 0));
    }
    HeaderEdits.Builder edits =
        TargetHeaders.add(
            TargetHeaders.clear(ruleset.catalog()),
            provider,
            upstream,
            attempt.credential(),
            forwarded,
            translation,
            true,
            context.wall().instant());
    Map<String, Object> metadata = Map.of(Wire.TARGET_KEY, target.name());
    if (bodyless) {
      return Transition.to(
          new UpstreamAttempt(context, attempt, false),
          new Outbound.HeadersResponse(edits.build(), null, false, null, metadata));
    }
    edits.set("content-length", Bytes.length(rope));
    return Transition.to(
        new UpstreamAttempt(context, attempt, false),
        new Outbound.BodyResponse(new BodyChange.Replace(rope), edits.build(), false, metadata));
  }
}
