package dev.drover.types;

import java.util.concurrent.CompletionStage;

/**
 * A reply from elsewhere that has been asked for and has not come yet. Its two halves keep threads
 * apart: any thread may complete {@link #arrived}, and the thread that owns the waiting work calls
 * {@link #take}. Thread-safe.
 *
 * @param <T> the reply
 */
public interface PendingReply<T> {
  /** Completes in bounded time, normally or not, on any thread. Carries no value. */
  CompletionStage<?> arrived();

  /**
   * Returns the reply. Must be called exactly once, after {@link #arrived} has completed, by
   * whoever waits, even when the reply is no longer wanted.
   */
  T take();

  /**
   * Waits for a stage whose value is the reply as it is.
   *
   * @param stage completes in bounded time and never with an error
   */
  static <T> PendingReply<T> of(CompletionStage<T> stage) {
    return new PendingReply<>() {
      @Override
      public CompletionStage<?> arrived() {
        return stage;
      }

      @Override
      public T take() {
        return stage.toCompletableFuture().join();
      }
    };
  }
}
