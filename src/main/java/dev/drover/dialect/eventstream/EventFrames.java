package dev.drover.dialect.eventstream;

import dev.drover.dialect.EventFramer;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;

/**
 * Gives the frames of an event stream of AWS as JSON objects with one member: the type of the
 * event, or {@code exception}. Confined to one exchange's callbacks.
 */
public final class EventFrames implements EventFramer, FrameDecoder.Sink {
  private final FrameDecoder decoder;
  private final Sink sink;

  public EventFrames(Sink sink, int maxEventBytes) {
    this.decoder = new FrameDecoder(maxEventBytes, this);
    this.sink = sink;
  }

  @Override
  public void feed(Bytes chunk) {
    decoder.feed(chunk);
  }

  @Override
  public void finish() {
    decoder.finish();
  }

  @Override
  public void frame(Map<String, String> headers, Bytes payload) {
    boolean event = headers.getOrDefault(":message-type", "event").equals("event");
    String type = event ? headers.getOrDefault(":event-type", "") : "exception";
    if (type.matches("[A-Za-z]{1,60}") && !payload.isEmpty()) {
      sink.event(Bytes.join(List.of(Bytes.utf8("{\"" + type + "\":"), payload, Bytes.utf8("}"))));
    }
  }

  @Override
  public void damaged() {
    sink.damaged();
  }
}
