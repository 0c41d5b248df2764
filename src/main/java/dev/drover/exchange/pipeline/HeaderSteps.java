package dev.drover.exchange.pipeline;

import dev.drover.admission.AuthResult;
import dev.drover.admission.PresentedCredentials;
import dev.drover.credential.ApiKey;
import dev.drover.credential.AuthScheme;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.exchange.account.ClientHeaders;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.account.RoutingHintHeaders;
import dev.drover.message.Headers;
import dev.drover.message.Inbound;
import dev.drover.record.Caller;
import dev.drover.routing.Ruleset;
import dev.drover.types.HeldBytes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the headers of a request to a context: find the operation, identify the caller, check what
 * the headers ask for. The server and {@code explain} run the same steps. Immutable, thread-safe.
 *
 * @param held the memory that the exchange holds
 */
public record HeaderSteps(ExchangeContext context, HeldBytes.Lease held) {
  private static final List<AuthScheme> KEY_HEADERS =
      List.of(AuthScheme.X_API_KEY, AuthScheme.X_GOOG_API_KEY, AuthScheme.API_KEY);

  /**
   * Runs the steps.
   *
   * @param caller who asks, where that is known without credentials; null: the headers tell
   * @return null when the path is none of an LLM API
   */
  public @Nullable RequestHead run(Inbound.RequestHeaders in, @Nullable Caller caller) {
    String method = in.headers().text(":method");
    String path = in.headers().text(":path");
    ClientApi client = Dialects.client(method, path, in.headers()::text);
    Operation operation = client == null ? null : client.operation(method, path);
    if (client != null && operation != null) {
      return identified(context(in, client, operation, path), in, caller);
    }
    ClientApi owner = Dialects.owner(path);
    Operation other = owner == null ? null : owner.operationAt(path);
    if (owner == null || other == null) {
      return null;
    }
    RequestContext request = context(in, owner, unknown(method, other), path);
    return in.headers().text("upgrade").isEmpty()
        ? refused(
            request,
            405,
            "method_not_allowed",
            "method: " + method + " (expected: " + other.method() + ")")
        : refused(
            request,
            426,
            "no_upgrade",
            "upgrade: no other protocol is spoken here (expected: a POST over HTTP)");
  }

  /** Returns what is recorded of a request under a method that the path does not have. */
  private static Operation unknown(String method, Operation other) {
    return new Operation("unknown", method, other.path(), "", Operation.Kind.ANSWERED);
  }

  private RequestContext context(
      Inbound.RequestHeaders in, ClientApi client, Operation operation, String path) {
    int query = path.indexOf('?');
    Map<String, String> variables = operation.variables(path);
    Ruleset ruleset = context.ruleset().get();
    ApiKey clientKey = ruleset.callers().clientKey(in.headers()::text, !in.tokens().isEmpty());
    String id = context.ids().get();
    return new RequestContext(
        id,
        context.tracing().begin(id, in.headers()),
        ruleset,
        client,
        operation,
        variables == null ? Map.of() : variables,
        query < 0 ? "" : ClientQuery.withoutCredentials(path.substring(query)),
        Workloads.origin(in.headers(), in.peer()),
        RoutingHintHeaders.of(in.headers()::first, client.session(in.headers()::text)),
        ClientHeaders.of(in.headers(), client, ruleset),
        clientKey,
        held,
        in.modes(),
        context.wall().instant(),
        context.ticker().nanos());
  }

  private RequestHead identified(
      RequestContext request, Inbound.RequestHeaders in, @Nullable Caller caller) {
    if (caller != null) {
      return checked(request.by(caller), in);
    }
    PresentedCredentials presented =
        new PresentedCredentials(
            own(in.headers(), AuthScheme.BEARER, request.clientKey()),
            apiKey(in.headers(), request.clientKey()),
            request.origin().spiffeId(),
            in.tokens(),
            in.headers()::text);
    return switch (request.ruleset().callers().identify(presented, context.wall().instant())) {
      case AuthResult.Not(String code, String message) -> refused(request, 401, code, message);
      case AuthResult.As(Caller _)
          when request.ruleset().callers().hereOnly() && !Source.isHere(in) ->
          refused(
              request,
              403,
              "no_callers_configured",
              "caller: the config does not say who may call, so only this machine is served (expected: keys, workloads, identity or `anonymous: true` in the config)");
      case AuthResult.As(Caller found) -> checked(request.by(found), in);
    };
  }

  /** Returns the key that a client sends in a header of its API other than authorization. */
  private static String apiKey(Headers headers, @Nullable ApiKey clientKey) {
    for (AuthScheme scheme : KEY_HEADERS) {
      String key = own(headers, scheme, clientKey);
      if (!key.isEmpty()) {
        return key;
      }
    }
    return "";
  }

  /** Returns the value of a header unless it is meant for a provider. */
  private static String own(Headers headers, AuthScheme scheme, @Nullable ApiKey clientKey) {
    return clientKey != null && clientKey.scheme() == scheme ? "" : headers.text(scheme.header());
  }

  private static RequestHead checked(RequestContext request, Inbound.RequestHeaders in) {
    if (!request.operation().isRouted()) {
      return new RequestHead(request, null);
    }
    if (!request.headers().fits()) {
      return refused(
          request,
          431,
          "headers_too_large",
          "headers: no room for Drover's own beside them (expected: fewer or shorter ones)");
    }
    String encoding = in.headers().text("content-encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      return refused(
          request,
          415,
          "unsupported_encoding",
          "content-encoding: a body that is encoded (expected: JSON as it is)");
    }
    RefusedRequest room = room(request, in.headers());
    if (room != null) {
      return new RequestHead(request, room);
    }
    String problem = request.wishes().problem(request.ruleset().tasks().names());
    return problem == null
        ? new RequestHead(request, null)
        : refused(request, 400, "invalid_wish", problem);
  }

  /**
   * Asks for room by the length that the client declares, before Envoy sends the body. A body over
   * the limit is left to Envoy, which refuses it by itself.
   */
  private static @Nullable RefusedRequest room(RequestContext request, Headers headers) {
    long bytes = Math.max(0, declaredBytes(headers));
    return bytes <= request.ruleset().maxBodyBytes() ? RefusedRequest.held(request, bytes) : null;
  }

  /** Returns the length of the body that a client declares; negative when it declares none. */
  public static long declaredBytes(Headers headers) {
    String declared = headers.text("content-length");
    boolean known = !declared.isEmpty() && declared.length() < 12;
    return known && declared.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Long.parseLong(declared)
        : -1;
  }

  private static RequestHead refused(
      RequestContext request, int status, String code, String message) {
    return new RequestHead(request, RefusedRequest.unread(status, code, message, null));
  }
}
