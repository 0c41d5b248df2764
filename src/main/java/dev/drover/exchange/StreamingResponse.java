package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.ResponseTransform;
import dev.drover.exchange.account.Accounting;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.types.Bytes;
import dev.drover.types.HeldBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer's body is passing by. */
final class StreamingResponse implements Phase {
  private final Accounting accounting;
  private final ResponseTransform response;
  private final BodyMode mode;
  private final @Nullable Target target;
  private final int status;

  StreamingResponse(
      Accounting accounting,
      ResponseTransform response,
      BodyMode mode,
      @Nullable Target target,
      int status) {
    this.accounting = accounting;
    this.response = response;
    this.mode = mode;
    this.target = target;
    this.status = status;
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseBody chunk -> chunk(chunk);
      case Inbound.ResponseTrailers _ -> trailers();
      case Inbound.RequestTrailers _ -> Transition.to(this, new Outbound.TrailersResponse());
      case Inbound.RequestBody _ -> Transition.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestHeaders _, Inbound.ResponseHeaders _ -> {
        accounting.cut(response, target, status);
        yield Transition.to(
            new Ended(), new Outbound.ProtocolError("answer under way: a second headers message"));
      }
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> {
        if (response.ended()) { // some clients leave at once
          complete();
        } else {
          accounting.cut(response, target, status);
        }
        yield Transition.to(new Ended());
      }
    };
  }

  private Transition chunk(Inbound.ResponseBody chunk) {
    Bytes other = response.apply(chunk.bytes(), chunk.end());
    accounting.sawIds(response.ids(), target);
    accounting.sawBody(response.translated() && other != null ? other : chunk.bytes());
    BodyChange change =
        other == null
            ? BodyChange.pass(mode, chunk.bytes(), chunk.end())
            : BodyChange.replace(mode, List.of(other), chunk.end());
    hold();
    if (!chunk.end()) {
      return Transition.to(this, Outbound.body(change));
    }
    return Transition.to(
        new Ended(),
        new Outbound.BodyResponse(
            change, HeaderEdits.NONE, false, accounting.complete(response, target, status)));
  }

  /** Holds the memory for what is kept of the answer; less is kept where there is no room. */
  private void hold() {
    if (accounting.hold(response.heldBytes()) != null) {
      response.keepLess();
      accounting.keepLess();
      HeldBytes.Refused _ = accounting.hold(response.heldBytes()); // the next chunk asks again
    }
  }

  private Transition trailers() {
    List<Outbound> answers = new ArrayList<>();
    Bytes tail = response.apply(Bytes.EMPTY, true);
    if (tail != null && !tail.isEmpty() && mode == BodyMode.FULL_DUPLEX_STREAMED) {
      answers.add(Outbound.body(new BodyChange.Stream(List.of(tail), false)));
    }
    complete();
    answers.add(new Outbound.TrailersResponse());
    return new Transition(new Ended(), answers);
  }

  /** Accounts for a whole answer and gives what Envoy's access log shall know of it. */
  Map<String, Object> complete() {
    return accounting.complete(response, target, status);
  }
}
