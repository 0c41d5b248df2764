package dev.drover.exchange.account;

import dev.drover.cache.CacheKey;
import dev.drover.catalog.Caching;
import dev.drover.dialect.Operation;
import dev.drover.json.Limits;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.types.Bytes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a request uses the cache. Immutable.
 *
 * @param result for the client and the record; empty when the model has no cache
 * @param key the key under which the response is kept; null when it is not kept
 * @param find whether a cached response may be served
 * @param settings the cache settings of the model; null without a key
 */
public record CacheUse(
    String result, @Nullable CacheKey key, boolean find, @Nullable Caching settings) {
  /** To hash more than that would hold other streams up. */
  private static final int LARGEST_BODY = 1 << 20;

  static final CacheUse NONE = new CacheUse("", null, false, null);
  private static final CacheUse BYPASS = new CacheUse("bypass", null, false, null);

  public static CacheUse of(
      RequestContext request,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      Bytes body) {
    Caching settings = routingRequest.model().cache();
    boolean stored = routingRequest.facts().operation().kind() == Operation.Kind.STORED;
    if (settings == null || stored) {
      return NONE;
    }
    String wish = request.wishes().cache();
    boolean small = body.length() <= LARGEST_BODY;
    boolean wanted =
        routingRequest.facts().deterministic() || "on".equals(wish) || "refresh".equals(wish);
    if (!wanted
        || !small
        || request.clientKey() != null
        || "bypass".equals(wish)
        || !policyResult.cache()) {
      return BYPASS;
    }
    CacheKey key =
        CacheKey.of(
            settings.shared() ? "" : request.origin().caller().owner(),
            routingRequest.facts().operation().suffix(),
            visible(request),
            routingRequest.model().name(),
            body,
            request.client().fieldsWithoutEffect(),
            Limits.DEFAULT);
    return new CacheUse("miss", key, !"refresh".equals(wish), settings);
  }

  /** The query and the headers by which a provider may answer otherwise. */
  private static Map<String, String> visible(RequestContext request) {
    Map<String, String> visible = new HashMap<>(request.headers().visible());
    if (!request.query().isEmpty()) {
      visible.put("?", request.query());
    }
    return visible;
  }
}
