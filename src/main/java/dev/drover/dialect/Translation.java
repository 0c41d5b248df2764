package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Carries requests from clients of one API to providers, and their responses back. The only class
 * that knows both sides. Where both speak the same API, only the bytes that have to change are
 * touched. Immutable, thread-safe.
 */
public final class Translation {
  private final ClientApi client;
  private final ProviderApi provider;

  private Translation(ClientApi client, ProviderApi provider) {
    this.client = client;
    this.provider = provider;
  }

  /**
   * Returns the translation between a client's API and a provider's.
   *
   * @throws IllegalArgumentException when the two speak different APIs
   */
  public static Translation between(ClientApi client, ProviderApi provider) {
    if (!client.name().equals(provider.name())) {
      throw new IllegalArgumentException(
          "translation: from %s to %s (expected: the same API on both sides)"
              .formatted(client.name(), provider.name()));
    }
    return new Translation(client, provider);
  }

  /** Returns the translation of responses that are in the client's own API already. */
  public static Translation same(ClientApi client) {
    return new Translation(client, Dialects.named(client.name()).orElseThrow().provider());
  }

  /**
   * Returns what a target gets.
   *
   * @param facts as read from {@code body}
   * @param query the query of the client's path with its question mark; may be empty
   * @param basePath the path of the provider's base URL, without a trailing slash
   * @param model the target's name for its model
   * @param askUsage whether a streaming request that did not ask for usage shall
   */
  public UpstreamRequest request(
      RequestFacts facts,
      Bytes body,
      String query,
      String basePath,
      String model,
      boolean askUsage) {
    return new UpstreamRequest(
        facts.operation().method(),
        basePath + facts.operation().suffix() + query,
        Map.of(),
        provider.fit(facts, body, model, askUsage));
  }

  /**
   * Returns what turns a target's response into the client's.
   *
   * @param dropUsage whether the usage event of a stream is kept from the client
   * @param secrets the credentials that the target is sent, which no error may repeat
   */
  public ResponseTransform response(
      RequestFacts facts, ResponseHead head, boolean dropUsage, List<String> secrets) {
    if (head.status() >= 400 && head.readable()) {
      return error(head, secrets);
    }
    Set<String> removed = new HashSet<>();
    if (dropUsage) { // whatever the label says, the body may be an event stream
      removed.add("content-length");
      if (head.gzip()) {
        removed.add("content-encoding");
      }
    }
    return new ResponseTransform(
        provider.reader(facts, head, dropUsage), Set.copyOf(removed), Map.of());
  }

  private ResponseTransform error(ResponseHead head, List<String> secrets) {
    ResponseReader said =
        head.json() ? ResponseReader.none() : new TextError(client, head.status());
    ResponseReader masked = new MaskedError(said, secrets);
    return new ResponseTransform(
        head.gzip() ? new GunzipReader(masked, true) : masked,
        Set.of("content-length", "content-encoding"),
        head.json() ? Map.of() : Map.of("content-type", "application/json"));
  }
}
