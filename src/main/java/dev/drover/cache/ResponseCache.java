package dev.drover.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.drover.types.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Answers by the meaning of their requests, bounded by bytes, each for its time. Thread-safe. */
public final class ResponseCache {
  /** The approximate size of an entry without its body, in bytes. */
  private static final int ENTRY_BYTES = 300;

  private record Entry(CachedResponse answer, long ttlNanos) {}

  private final Cache<CacheKey, Entry> entries;

  /**
   * @param maxBytes of all bodies together
   */
  public ResponseCache(long maxBytes, Ticker ticker) {
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((CacheKey _, Entry entry) -> entry.answer.body().length() + ENTRY_BYTES)
            .expireAfter(Expiry.creating((CacheKey _, Entry e) -> Duration.ofNanos(e.ttlNanos)))
            .ticker(ticker::nanos)
            .executor(Runnable::run) // making room is short, and done when it is needed
            .build();
  }

  /**
   * Returns the bytes that the cache may use: those that are asked for, but at most half of the
   * heap. A full cache drops responses, a full heap ends the program.
   */
  public static long spared(long askedBytes, long heapBytes) {
    return Math.min(askedBytes, heapBytes / 2);
  }

  /** The answer to such a request, or null. */
  public @Nullable CachedResponse find(CacheKey key) {
    Entry entry = entries.getIfPresent(key);
    return entry == null ? null : entry.answer;
  }

  /** Keeps an answer for a time, in place of an earlier one. */
  public void put(CacheKey key, CachedResponse answer, long ttlNanos) {
    entries.invalidate(key); // an update would keep the earlier one's time
    entries.put(key, new Entry(answer, ttlNanos));
  }

  /** Answers kept, about. */
  public long size() {
    return entries.estimatedSize();
  }
}
