package dev.drover.exchange;

import dev.drover.exchange.pipeline.RequestStages.Routed;
import dev.drover.exchange.pipeline.StepResult;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;

/**
 * A request that is known, while a reply from elsewhere says whether it is admitted: the one phase
 * that waits for somebody else than Envoy.
 *
 * @param body goes on when the reply is there
 * @param await what the pipeline waits for
 */
record AwaitingAdmission<R>(AwaitingRequestBody body, StepResult.Await<Routed, R> await)
    implements Phase {
  /** Begins to wait. */
  Transition begin() {
    return Transition.to(this, new Outbound.Await(await.reply().arrived()));
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.Replied _ -> body.proceed(await.resumed());
      case Inbound.Closed _ -> {
        body.finish(Ending.CANCELLED, 0);
        yield Transition.to(abandoned());
      }
      case Inbound.RequestHeaders _,
          Inbound.RequestBody _,
          Inbound.RequestTrailers _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _ -> {
        body.finish(Ending.CANCELLED, 0);
        yield Transition.to(
            abandoned(),
            new Outbound.ProtocolError("admission awaited: a message that was not asked for"));
      }
    };
  }

  private Abandoned<R> abandoned() {
    return new Abandoned<>(await.reply(), await.release());
  }
}
