package dev.drover.migrate;

import dev.drover.config.schema.CacheConfig;
import dev.drover.config.schema.KeySpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The cache of answers. Confined to one file. */
final class LiteLlmCache {
  private final LiteLlmSettings settings;
  private final Values values;
  private final Notes notes;

  LiteLlmCache(LiteLlmSettings settings, Values values, Notes notes) {
    this.settings = settings;
    this.values = values;
    this.notes = notes;
  }

  /** Returns it as it stands in each of Drover's models, or null when there is none. */
  @Nullable Map<String, Object> section() {
    LiteLlmSettings.@Nullable Setting cache = settings.general("cache");
    if (cache == null || cache.value().equals(false)) {
      return null;
    }
    if (!cache.value().equals(true)) {
      notes.leftOut(cache.path(), cache.value(), "true, without quotes, as in LiteLLM");
      return null;
    }
    notes.add(
        cache.path()
            + ": answers are kept for embeddings, for temperature 0, and on `x-drover-cache: on`; not for all");
    Map<String, Object> params = Trees.map(settings.general().get("cache_params"));
    notes.unknown("litellm_settings.cache_params", params, Set.of("ttl"));
    return Map.of("ttl", ttl(params.get("ttl")));
  }

  private String ttl(@Nullable Object given) {
    String path = "litellm_settings.cache_params.ttl";
    Duration ttl = values.seconds(path, given, Bounds.of(CacheConfig.class, "ttl"));
    if (ttl != null) {
      return Values.shown(ttl);
    }
    String usual = KeySpec.fallback(CacheConfig.class, "ttl");
    if (given == null) {
      notes.instead(path, null, usual, "a time in seconds");
    }
    return usual;
  }
}
