package dev.drover.exchange;

import dev.drover.message.BodyChange;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;

/**
 * Not an LLM request: everything passes untouched.
 *
 * @param modes as announced for the stream
 */
record PassThrough(ProcessingModes modes) implements Phase {
  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.RequestHeaders _, Inbound.ResponseHeaders _ ->
          Transition.to(this, Outbound.headers(HeaderEdits.NONE));
      case Inbound.RequestBody body ->
          Transition.to(
              this, Outbound.body(BodyChange.pass(modes.request(), body.bytes(), body.end())));
      case Inbound.ResponseBody body ->
          Transition.to(
              this, Outbound.body(BodyChange.pass(modes.response(), body.bytes(), body.end())));
      case Inbound.RequestTrailers _, Inbound.ResponseTrailers _ ->
          Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(new Ended());
    };
  }
}
