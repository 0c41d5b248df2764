package dev.drover.dialect;

import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.request.ForeignProofs;
import dev.drover.types.Bytes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Carries requests from clients of one API to providers, and their responses back. The only class
 * that knows both sides. Where both speak the same API, only the bytes that have to change are
 * touched; else request and response go through the hub. Immutable, thread-safe.
 */
public final class Translation {
  private final ClientApi client;
  private final ProviderApi provider;
  private final boolean otherForm;

  private Translation(ClientApi client, ProviderApi provider, boolean otherForm) {
    this.client = client;
    this.provider = provider;
    this.otherForm = otherForm;
  }

  /** Returns the translation of a request between a client's API and a provider's. */
  public static Translation between(ClientApi client, ProviderApi provider, RequestFacts facts) {
    return new Translation(client, provider, facts.bodyApi() != null);
  }

  /** Returns the translation of responses that are in the client's own API already. */
  public static Translation same(ClientApi client) {
    return new Translation(client, Dialects.named(client.name()).orElseThrow().provider(), false);
  }

  /** Returns whether both sides speak the same API, and the request has the form of it. */
  public boolean isSame() {
    return !otherForm && client.name().equals(provider.clientApi());
  }

  /** Returns the provider's API. */
  public ProviderApi provider() {
    return provider;
  }

  /**
   * Returns what a target gets.
   *
   * @param facts as read from {@code body}
   * @param hub the same request, for a provider that speaks another API
   * @param query the query of the client's path with its question mark; may be empty
   * @param basePath the path that the provider's operations stand under
   * @param askUsage whether a streaming request that did not ask for usage shall
   */
  public UpstreamRequest request(
      RequestFacts facts,
      Bytes body,
      HubRequest hub,
      String query,
      String basePath,
      TargetModel target,
      boolean askUsage) {
    UpstreamRequest made = made(facts, body, hub, query, basePath, target, askUsage);
    boolean chat = provider.name().equals(Dialects.usual().name());
    return target.refuses().isEmpty() || !chat
        ? made
        : RefusedFields.without(made, body, target.refuses());
  }

  private UpstreamRequest made(
      RequestFacts facts,
      Bytes body,
      HubRequest hub,
      String query,
      String basePath,
      TargetModel target,
      boolean askUsage) {
    if (facts.operation().kind() == Operation.Kind.STORED) {
      return new UpstreamRequest(
          facts.operation().method(),
          basePath
              + facts.operation().suffix().replace("{id}", facts.references().all().getFirst().id())
              + provider.query(query),
          Map.of(),
          UpstreamRequest.UNCHANGED);
    }
    return isSame()
        ? new UpstreamRequest(
            facts.operation().method(),
            basePath
                + provider.path(facts.operation(), target.model(), facts.stream())
                + provider.query(query),
            Map.of(),
            hub.mixed() ? own(facts, body, target, askUsage) : fit(facts, body, target, askUsage))
        : hub.written(provider, target, basePath).request();
  }

  private UpstreamRequest.Body fit(
      RequestFacts facts, Bytes body, TargetModel target, boolean askUsage) {
    return provider.fit(facts, body, target.model(), askUsage);
  }

  /**
   * Returns the body without what only providers of other APIs can read, whom the model has too.
   */
  private UpstreamRequest.Body own(
      RequestFacts facts, Bytes body, TargetModel target, boolean askUsage) {
    Bytes own = ForeignProofs.without(body);
    if (own.length() == body.length()) {
      return fit(facts, body, target, askUsage);
    }
    Map<String, String> variables = Map.of("model", facts.model());
    return client.parse(facts.operation(), variables, own)
            instanceof ParseResult.Read(RequestFacts fresh)
        ? new UpstreamRequest.Body.Rope(fit(fresh, own, target, askUsage).parts(own))
        : fit(facts, body, target, askUsage);
  }

  /**
   * Returns what turns a target's response into the client's.
   *
   * @param context what is known of the request, for a response that is translated
   * @param dropUsage whether the usage event of a stream is kept from the client
   * @param secrets the credentials that the target is sent, which no error may repeat
   */
  public ResponseTransform response(
      RequestFacts facts,
      ResponseHead head,
      ResponseContext context,
      boolean dropUsage,
      List<String> secrets) {
    if (head.status() >= 400 && head.readable()) {
      return error(head, secrets);
    }
    return isSame() || !head.ok() || !head.readable()
        ? passed(facts, head, dropUsage)
        : translated(head, context);
  }

  private ResponseTransform passed(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    Set<String> removed = new HashSet<>();
    if (dropUsage) { // whatever the label says, the body may be an event stream
      removed.add("content-length");
      if (head.gzip()) {
        removed.add("content-encoding");
      }
    }
    Map<String, String> headers = provider.responseHeaders(head);
    if (!headers.isEmpty()) {
      removed.add("content-length");
    }
    return new ResponseTransform(
        provider.reader(facts, head, dropUsage), Set.copyOf(removed), headers, false);
  }

  private ResponseTransform translated(ResponseHead head, ResponseContext context) {
    ResponseReader reader = new TranslatedResponse(client, provider, context, head);
    String type = context.stream() ? "text/event-stream" : "application/json";
    return new ResponseTransform(
        head.gzip() ? new GunzipReader(reader, true) : reader,
        Set.of("content-length", "content-encoding", "etag"),
        Map.of("content-type", type),
        true);
  }

  private ResponseTransform error(ResponseHead head, List<String> secrets) {
    ResponseReader said;
    if (!isSame()) {
      said = new TranslatedError(client, provider, client.status(head.status()));
    } else {
      said = head.json() ? ResponseReader.none() : new TextError(client, head.status());
    }
    ResponseReader masked = new MaskedError(said, secrets);
    boolean rewritten = !isSame() || !head.json();
    Map<String, String> set = new HashMap<>();
    if (rewritten) {
      set.put("content-type", "application/json");
    }
    if (!isSame() && client.status(head.status()) != head.status()) {
      set.put(":status", Integer.toString(client.status(head.status())));
    }
    return new ResponseTransform(
        head.gzip() ? new GunzipReader(masked, true) : masked,
        Set.of("content-length", "content-encoding"),
        Map.copyOf(set),
        false);
  }
}
