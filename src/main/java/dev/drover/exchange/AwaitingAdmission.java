package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.coordination.Coordinator;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.types.PendingReply;

/**
 * The request is known, and it is not yet known whether it is admitted: the one phase that waits
 * for somebody else than Envoy.
 *
 * @param awaitingBody goes on when the reply is there
 * @param reply what is waited for
 */
record AwaitingAdmission(
    AwaitingRequestBody awaitingBody,
    RoutingRequest routingRequest,
    PolicyResult policyResult,
    CacheUse use,
    PendingReply<Coordinator.Reply> reply)
    implements Phase {
  /** Begins to wait. */
  Transition begin() {
    return Transition.to(this, new Outbound.Await(reply.arrived()));
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.Replied _ ->
          switch (reply.take()) {
            case Coordinator.Reply.Kept kept ->
                awaitingBody.kept(routingRequest, policyResult, use, kept);
            case Coordinator.Reply.Decided(Admission.Result result) ->
                awaitingBody.replied(routingRequest, policyResult, use, result);
          };
      case Inbound.Closed _ -> {
        awaitingBody.finish(Ending.CANCELLED, 0);
        yield Transition.to(new Abandoned<>(reply, AwaitingAdmission::release));
      }
      case Inbound.RequestHeaders _,
          Inbound.RequestBody _,
          Inbound.RequestTrailers _,
          Inbound.ResponseHeaders _,
          Inbound.ResponseBody _,
          Inbound.ResponseTrailers _ -> {
        awaitingBody.finish(Ending.CANCELLED, 0);
        yield Transition.to(
            new Abandoned<>(reply, AwaitingAdmission::release),
            new Outbound.ProtocolError("admission awaited: a message that was not asked for"));
      }
    };
  }

  private static void release(Coordinator.Reply reply) {
    if (reply instanceof Coordinator.Reply.Decided(Admission.Result.In(Admission admission))) {
      admission.cancel();
    }
  }
}
