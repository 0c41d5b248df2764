package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.routing.Ask;
import dev.drover.routing.policy.Verdict;
import java.util.concurrent.CompletionStage;

/**
 * The request is known, and it is not yet known whether it is admitted: the one phase that waits
 * for somebody else than Envoy.
 *
 * @param collecting goes on when the reply is there
 * @param reply what is waited for
 */
record Waiting(
    Collecting collecting,
    Ask ask,
    Verdict verdict,
    CacheUse use,
    CompletionStage<Joint.Reply> reply)
    implements Phase {
  /** Begins to wait. */
  Step begin() {
    return Step.to(this, new Outbound.Later(reply));
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.Replied(Joint.Reply.Kept kept) -> collecting.kept(ask, verdict, use, kept);
      case Inbound.Replied(Joint.Reply.Decided(Admission.Result result)) ->
          collecting.replied(ask, verdict, use, result);
      case Inbound.Closed _ -> {
        reply.thenAccept(Waiting::notNeeded);
        yield Step.to(collecting.finish(Ending.CANCELLED, 0));
      }
      case Inbound.RequestHeaders _,
          Inbound.RequestBody _,
          Inbound.RequestTrailers _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _ -> {
        reply.thenAccept(Waiting::notNeeded);
        yield Step.to(
            collecting.finish(Ending.CANCELLED, 0),
            new Outbound.ProtocolError("admission awaited: a message that was not asked for"));
      }
    };
  }

  private static void notNeeded(Joint.Reply reply) {
    if (reply instanceof Joint.Reply.Decided(Admission.Result.In(Admission admission))) {
      admission.cancel();
    }
  }
}
