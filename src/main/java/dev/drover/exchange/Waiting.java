package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.coordination.Joint;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.routing.Ask;
import dev.drover.routing.policy.Verdict;
import dev.drover.types.PendingReply;

/**
 * The request is known, and it is not yet known whether it is admitted: the one phase that waits
 * for somebody else than Envoy.
 *
 * @param collecting goes on when the reply is there
 * @param reply what is waited for
 */
record Waiting(
    Collecting collecting, Ask ask, Verdict verdict, CacheUse use, PendingReply<Joint.Reply> reply)
    implements Phase {
  /** Begins to wait. */
  Step begin() {
    return Step.to(this, new Outbound.Await(reply.arrived()));
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.Replied _ ->
          switch (reply.take()) {
            case Joint.Reply.Kept kept -> collecting.kept(ask, verdict, use, kept);
            case Joint.Reply.Decided(Admission.Result result) ->
                collecting.replied(ask, verdict, use, result);
          };
      case Inbound.Closed _ -> {
        collecting.finish(Ending.CANCELLED, 0);
        yield Step.to(new Abandoned<>(reply, Waiting::release));
      }
      case Inbound.RequestHeaders _,
          Inbound.RequestBody _,
          Inbound.RequestTrailers _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _ -> {
        collecting.finish(Ending.CANCELLED, 0);
        yield Step.to(
            new Abandoned<>(reply, Waiting::release),
            new Outbound.ProtocolError("admission awaited: a message that was not asked for"));
      }
    };
  }

  private static void release(Joint.Reply reply) {
    if (reply instanceof Joint.Reply.Decided(Admission.Result.In(Admission admission))) {
      admission.cancel();
    }
  }
}
