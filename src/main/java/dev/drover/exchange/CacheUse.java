package dev.drover.exchange;

import dev.drover.cache.CacheKey;
import dev.drover.catalog.Caching;
import dev.drover.json.Limits;
import dev.drover.routing.Ask;
import dev.drover.routing.policy.Verdict;
import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What a request has to do with the cache. Immutable.
 *
 * @param result for the client and the record; empty where its model keeps no answers
 * @param key what its answer is kept under, or null: it is not
 * @param find whether an answer that is there may be given
 * @param settings of its model; null without a key
 */
record CacheUse(String result, @Nullable CacheKey key, boolean find, @Nullable Caching settings) {
  /** To hash more than that would hold other streams up. */
  private static final int LARGEST_BODY = 1 << 20;

  static final CacheUse NONE = new CacheUse("", null, false, null);
  private static final CacheUse BYPASS = new CacheUse("bypass", null, false, null);

  static CacheUse of(Call call, Ask ask, Verdict verdict, Bytes body) {
    Caching settings = ask.model().cache();
    if (settings == null) {
      return NONE;
    }
    String wish = call.wishes().cache();
    boolean small = body.length() <= LARGEST_BODY;
    boolean wanted = ask.facts().deterministic() || "on".equals(wish) || "refresh".equals(wish);
    if (!wanted
        || !small
        || call.clientKey() != null
        || "bypass".equals(wish)
        || !verdict.cache()) {
      return BYPASS;
    }
    String team = call.origin().caller().team();
    String own = team.isEmpty() ? "key " + call.origin().caller().id() : "team " + team;
    CacheKey key =
        CacheKey.of(
            settings.shared() ? "" : own,
            ask.facts().endpoint().suffix(),
            ask.model().name(),
            body,
            Limits.DEFAULT);
    return new CacheUse("miss", key, !"refresh".equals(wish), settings);
  }
}
