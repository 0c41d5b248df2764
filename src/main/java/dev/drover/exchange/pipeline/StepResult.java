package dev.drover.exchange.pipeline;

import dev.drover.cache.CachedResponse;
import dev.drover.types.Bytes;
import dev.drover.types.PendingReply;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The outcome of a step of the {@link RequestPipeline}.
 *
 * @param <T> what the next step takes
 */
public sealed interface StepResult<T> {
  /** The next step follows. */
  record Continue<T>(T value) implements StepResult<T> {}

  /** The request ends with an error of Drover's own. */
  record Refuse<T>(RefusedRequest refused) implements StepResult<T> {}

  /**
   * The request ends with a stored response.
   *
   * @param body the response in the form that the client asked for
   */
  record Reply<T>(RequestStages.Allowed allowed, CachedResponse response, Bytes body)
      implements StepResult<T> {}

  /**
   * The request ends with a response of Drover's own.
   *
   * @param body the response
   */
  record Answer<T>(RequestStages.Allowed allowed, Bytes body) implements StepResult<T> {}

  /**
   * The step goes on when a reply has come.
   *
   * @param reply on its way
   * @param resume takes the reply
   * @param release gives back what the reply holds, when nobody wants it any more
   */
  record Await<T, R>(PendingReply<R> reply, Function<R, StepResult<T>> resume, Consumer<R> release)
      implements StepResult<T> {
    /** Goes on; the reply has come. */
    public StepResult<T> resumed() {
      return resume.apply(reply.take());
    }

    private <U> StepResult<U> before(Function<T, StepResult<U>> step) {
      return new Await<>(reply, given -> resume.apply(given).then(step), release);
    }
  }

  /** Returns the outcome of this step and the next. */
  default <U> StepResult<U> then(Function<T, StepResult<U>> step) {
    return switch (this) {
      case Continue<T>(T value) -> step.apply(value);
      case Refuse<T>(RefusedRequest refused) -> new Refuse<>(refused);
      case Reply<T>(RequestStages.Allowed allowed, CachedResponse response, Bytes body) ->
          new Reply<>(allowed, response, body);
      case Answer<T>(RequestStages.Allowed allowed, Bytes body) -> new Answer<>(allowed, body);
      case Await<T, ?> await -> await.before(step);
    };
  }
}
