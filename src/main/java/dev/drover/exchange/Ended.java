package dev.drover.exchange;

import dev.drover.message.BodyChange;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;

/** The exchange is accounted for. What Envoy still sends passes untouched. */
record Ended() implements Phase {
  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.RequestHeaders _, Inbound.ResponseHeaders _ ->
          Transition.to(this, Outbound.headers(HeaderEdits.NONE));
      case Inbound.RequestBody _, Inbound.ResponseBody _ ->
          Transition.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestTrailers _, Inbound.ResponseTrailers _ ->
          Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(this);
    };
  }
}
