package dev.drover.exchange.account;

import dev.drover.cache.CacheKey;
import dev.drover.cache.CachedResponse;
import dev.drover.catalog.Caching;
import dev.drover.catalog.Target;
import dev.drover.dialect.ResponseHead;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import java.io.ByteArrayOutputStream;

/** An answer that is copied on its way, to be kept if it comes to a good end. One stream's. */
public final class CacheRecorder {
  private final ExchangeContext context;
  private final CacheKey key;
  private final Caching settings;
  private final ResponseHead head;
  private ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private boolean tooLarge;

  public CacheRecorder(ExchangeContext context, CacheKey key, Caching settings, ResponseHead head) {
    this.context = context;
    this.key = key;
    this.settings = settings;
    this.head = head;
  }

  void add(Bytes chunk) {
    if (!tooLarge && copy.size() + chunk.length() > settings.maxBytes()) {
      drop();
    }
    if (!tooLarge) {
      copy.write(chunk.array(), chunk.offset(), chunk.length());
    }
  }

  /** Returns the bytes of the copy. */
  long bytes() {
    return copy.size();
  }

  /** Gives the copy up: the answer is not kept. */
  void drop() {
    tooLarge = true;
    copy = new ByteArrayOutputStream(0);
  }

  /** The answer is whole and good. */
  void keep(Target target, NanoDollars cost) {
    if (!tooLarge) {
      CachedResponse answer =
          new CachedResponse(
              head.eventStream(),
              head.contentType(),
              Bytes.of(copy.toByteArray()),
              target.name(),
              target.model(),
              cost);
      context.cache().put(key, answer, settings.ttlNanos());
      context.coordinator().keep(key, answer, settings.ttlNanos());
    }
  }
}
