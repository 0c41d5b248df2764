package dev.drover.exchange;

import dev.drover.message.Inbound;
import dev.drover.types.PendingReply;
import java.util.function.Consumer;

/**
 * The stream is over while a reply is still on its way. The exchange has its record; what the reply
 * brings is given back.
 *
 * @param release gives back what the reply holds
 */
record Abandoned<T>(PendingReply<T> reply, Consumer<T> release) implements Phase {
  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.Replied _ -> {
        release.accept(reply.take());
        yield Transition.to(new Ended());
      }
      case Inbound.RequestHeaders _,
          Inbound.RequestBody _,
          Inbound.RequestTrailers _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _,
          Inbound.Closed _ ->
          Transition.to(this);
    };
  }
}
