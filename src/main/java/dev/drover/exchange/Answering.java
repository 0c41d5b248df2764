package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.AnswerReader;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer's body is passing by. */
final class Answering implements Phase {
  private final Settlement settlement;
  private final AnswerReader reader;
  private final BodyMode mode;
  private final @Nullable Target target;
  private final int status;

  Answering(
      Settlement settlement,
      AnswerReader reader,
      BodyMode mode,
      @Nullable Target target,
      int status) {
    this.settlement = settlement;
    this.reader = reader;
    this.mode = mode;
    this.target = target;
    this.status = status;
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.ResponseBody chunk -> chunk(chunk);
      case Inbound.ResponseTrailers _ -> trailers();
      case Inbound.RequestTrailers _ -> Step.to(this, new Outbound.TrailersAnswer());
      case Inbound.RequestBody _ -> Step.to(this, Outbound.body(BodyChange.KEEP));
      case Inbound.RequestHeaders _, Inbound.ResponseHeaders _ -> {
        settlement.cut(reader, target, status);
        yield Step.to(
            new Ended(), new Outbound.ProtocolError("answer under way: a second headers message"));
      }
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> {
        if (reader.ended()) { // some clients leave at once
          complete();
        } else {
          settlement.cut(reader, target, status);
        }
        yield Step.to(new Ended());
      }
    };
  }

  private Step chunk(Inbound.ResponseBody chunk) {
    settlement.sawBody(chunk.bytes());
    Bytes other = reader.read(chunk.bytes(), chunk.end());
    BodyChange change =
        other == null
            ? BodyChange.pass(mode, chunk.bytes(), chunk.end())
            : BodyChange.replace(mode, List.of(other), chunk.end());
    if (!chunk.end()) {
      return Step.to(this, Outbound.body(change));
    }
    return Step.to(
        new Ended(),
        new Outbound.BodyAnswer(
            change, HeaderEdits.NONE, false, settlement.complete(reader, target, status)));
  }

  private Step trailers() {
    List<Outbound> answers = new ArrayList<>();
    Bytes tail = reader.read(Bytes.EMPTY, true);
    if (tail != null && !tail.isEmpty() && mode == BodyMode.FULL_DUPLEX_STREAMED) {
      answers.add(Outbound.body(new BodyChange.Stream(List.of(tail), false)));
    }
    complete();
    answers.add(new Outbound.TrailersAnswer());
    return new Step(new Ended(), answers);
  }

  /** Accounts for a whole answer and gives what Envoy's access log shall know of it. */
  Map<String, Object> complete() {
    return settlement.complete(reader, target, status);
  }
}
