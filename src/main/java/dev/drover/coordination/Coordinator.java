package dev.drover.coordination;

import dev.drover.admission.Admission;
import dev.drover.admission.ApplicableLimits;
import dev.drover.cache.CacheKey;
import dev.drover.cache.CachedResponse;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.PendingReply;
import java.util.List;
import java.util.Map;
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

        @Override
        public @Nullable PendingReply<Located> locate(List<String> ids) {
          return null;
        }

        @Override
        public void remember(String id, ResponseLocation location, long ttlMillis) {
          // nobody to tell
        }

        @Override
        public void forget(String id) {
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
   * Asks where responses are stored.
   *
   * @return null when there are no others to ask
   */
  @Nullable PendingReply<Located> locate(List<String> ids);

  /** Tells others where a response is stored, or tries to. */
  void remember(String id, ResponseLocation location, long ttlMillis);

  /** Tells others that a response is stored no more, or tries to. */
  void forget(String id);

  /**
   * The knowledge of others of where responses are stored.
   *
   * @param found by id; those that nobody knows are missing
   * @param certain false when others could not be asked, so that they may know more
   */
  record Located(Map<String, ResponseLocation> found, boolean certain) {
    public Located {
      found = Map.copyOf(found);
    }
  }

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
