package dev.drover.exchange;

import dev.drover.message.BodyChange;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Modes;
import dev.drover.message.Outbound;

/**
 * Not an LLM request: everything passes untouched.
 *
 * @param modes as announced for the stream
 */
record Bystander(Modes modes) implements Phase {
  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.RequestHeaders _, Inbound.ResponseHeaders _ ->
          Step.to(this, Outbound.headers(HeaderEdits.NONE));
      case Inbound.RequestBody body ->
          Step.to(this, Outbound.body(BodyChange.pass(modes.request(), body.bytes(), body.end())));
      case Inbound.ResponseBody body ->
          Step.to(this, Outbound.body(BodyChange.pass(modes.response(), body.bytes(), body.end())));
      case Inbound.RequestTrailers _, Inbound.ResponseTrailers _ ->
          Step.to(this, new Outbound.TrailersAnswer());
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> Step.to(new Ended());
    };
  }
}
