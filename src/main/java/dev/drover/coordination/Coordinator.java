package dev.drover.coordination;

import dev.drover.admission.Admission;
import dev.drover.admission.ApplicableLimits;
import dev.drover.cache.CacheKey;
import dev.drover.cache.CachedResponse;
import dev.drover.types.PendingReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shares counts and cached responses among several Drovers. Thread-safe; never blocks. */
public interface Coordinator {
  /** Every Drover by itself. */
  Coordinator ALONE =
      new Coordinator() {
        @Override
        public @Nullable PendingReply<Reply> ask(
            ApplicableLimits applicable, @Nullable Sought sought) {
          return null;
        }

        @Override
        public void keep(CacheKey key, CachedResponse answer, long ttlNanos) {
          // nobody to tell
        }
      };

  /**
   * Asks for an answer that is kept and, if there is none, for admission.
   *
   * @param sought null where no answer may be given again
   * @return null when there is nothing to ask, or there are no others
   */
  @Nullable PendingReply<Reply> ask(ApplicableLimits applicable, @Nullable Sought sought);

  /** Keeps an answer for others, or tries to. */
  void keep(CacheKey key, CachedResponse answer, long ttlNanos);

  /**
   * An answer that would do.
   *
   * @param sources whose answers are welcome, as {@link CachedResponse#source()} has them
   */
  record Sought(CacheKey key, List<String> sources) {}

  /** The reply to a request: a response that was kept, or the decision on its admission. */
  sealed interface Reply {
    /**
     * There is an answer already; nothing was admitted.
     *
     * @param ttlNanos how long it may still be given
     */
    record Kept(CachedResponse answer, long ttlNanos) implements Reply {}

    /** A reply that admits the request or refuses it. */
    record Decided(Admission.Result result) implements Reply {}
  }
}
