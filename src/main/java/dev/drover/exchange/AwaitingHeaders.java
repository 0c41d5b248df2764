package dev.drover.exchange;

import dev.drover.admission.AuthResult;
import dev.drover.admission.PresentedCredentials;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Caller;
import dev.drover.routing.Ruleset;
import dev.drover.types.Wire;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The first phase of a stream, before any message has come. */
record AwaitingHeaders(ExchangeContext context) implements Phase {
  private static final String INTERNAL = "x-drover-";
  private static final String ENVOY = "x-envoy-";

  /**
   * Credentials meant for Drover or for others, and encodings that would keep it from reading the
   * answer.
   */
  private static final List<String> NOT_FOR_PROVIDERS =
      Stream.concat(
              Stream.of(
                  "authorization",
                  "proxy-authorization",
                  "x-api-key",
                  "api-key",
                  "x-goog-api-key",
                  "cookie",
                  "x-forwarded-client-cert",
                  "accept-encoding"),
              Dialects.clients().stream().flatMap(client -> client.credentialHeaders().stream()))
          .distinct()
          .toList();

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.RequestHeaders headers ->
          headers.target() == null ? router(headers) : attempt(headers, headers.target());
      case Inbound.RequestBody _, Inbound.RequestTrailers _ ->
          Transition.to(
              new Ended(),
              new Outbound.ProtocolError(
                  "first message: no request_headers (expected: request_header_mode SEND)"));
      case Inbound.ResponseHeaders _, Inbound.ResponseBody _, Inbound.ResponseTrailers _ ->
          new PassThrough(new ProcessingModes(BodyMode.NONE, BodyMode.NONE, true)).on(in);
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(new Ended());
    };
  }

  private Transition attempt(Inbound.RequestHeaders in, String target) {
    return target.startsWith(Wire.SHADOW_MARK)
        ? ShadowAttempt.open(context, in, target.substring(Wire.SHADOW_MARK.length()))
        : UpstreamAttempt.open(context, in, target);
  }

  private Transition router(Inbound.RequestHeaders in) {
    String method = in.headers().text(":method");
    String path = in.headers().text(":path");
    for (ClientApi client : Dialects.clients()) {
      Operation operation = client.operation(method, path);
      if (operation != null) {
        return llm(call(in, client, operation, path), in);
      }
      Operation other = client.operationAt(path);
      if (other != null) {
        return methodNotAllowed(call(in, client, other, path), method);
      }
    }
    return bystander(in);
  }

  /** Not ours; but a plan that the client made up must not choose its route. */
  private static Transition bystander(Inbound.RequestHeaders in) {
    Set<String> forged = in.headers().namesWith(INTERNAL);
    return Transition.to(
        new PassThrough(in.modes()),
        new Outbound.HeadersResponse(
            new HeaderEdits(forged, Map.of()),
            ProcessingModes.NOTHING,
            !forged.isEmpty(),
            null,
            Map.of()));
  }

  private RequestContext call(
      Inbound.RequestHeaders in, ClientApi client, Operation operation, String path) {
    int query = path.indexOf('?');
    Set<String> strip = new LinkedHashSet<>(NOT_FOR_PROVIDERS);
    in.headers().names(INTERNAL, strip::add);
    in.headers().names(ENVOY, strip::add);
    Ruleset ruleset = context.ruleset().get();
    strip.addAll(ruleset.callers().ownHeaders());
    String clientKey = ruleset.callers().clientKey(in.headers().text("authorization"));
    String id = context.ids().get();
    return new RequestContext(
        id,
        context.tracing().begin(id, in.headers()),
        ruleset,
        client,
        operation,
        query < 0 ? "" : path.substring(query),
        Workloads.origin(in.headers(), in.peer()),
        RoutingHintHeaders.of(in.headers()::first),
        strip,
        clientKey == null ? null : new ClientKey(clientKey),
        in.modes(),
        context.wall().instant(),
        context.ticker().nanos());
  }

  private Transition llm(RequestContext request, Inbound.RequestHeaders in) {
    return switch (request
        .ruleset()
        .callers()
        .identify(
            new PresentedCredentials(
                request.clientKey() == null ? in.headers().text("authorization") : "",
                in.headers().text("x-api-key"),
                request.origin().spiffeId(),
                in.tokens(),
                in.headers()::text),
            context.wall().instant())) {
      case AuthResult.Not(String code, String message) ->
          new Refusal(context, request).because(401, code, message, null);
      case AuthResult.As(Caller caller) -> known(request.by(caller), in);
    };
  }

  private Transition known(RequestContext request, Inbound.RequestHeaders in) {
    if (!request.operation().takesBody()) {
      return Transition.to(new Ended(), Replies.models(request));
    }
    String encoding = in.headers().text("content-encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      return new Refusal(context, request)
          .because(
              415,
              "unsupported_encoding",
              "content-encoding: a body that is encoded (expected: JSON as it is)",
              null);
    }
    String problem = request.wishes().problem(request.ruleset().tasks().names());
    if (problem != null) {
      return new Refusal(context, request).because(400, "invalid_wish", problem, null);
    }
    AwaitingRequestBody awaitingBody = new AwaitingRequestBody(context, request);
    return in.end() ? awaitingBody.decide() : awaitingBody.open();
  }

  private Transition methodNotAllowed(RequestContext request, String method) {
    String message = "method: " + method + " (expected: " + request.operation().method() + ")";
    return new Refusal(context, request).because(405, "method_not_allowed", message, null);
  }
}
