package dev.drover.dialect.anthropic;

import dev.drover.dialect.EventFramer;
import dev.drover.dialect.eventstream.EventFrames;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import java.util.Base64;

/**
 * Takes the events of the Messages API out of the frames of Bedrock's InvokeModel, where they stand
 * in Base64. Confined to one exchange's callbacks.
 */
final class InvokeFrames implements EventFramer, EventFramer.Sink {
  private final EventFrames frames;
  private final Sink sink;

  InvokeFrames(Sink sink, int maxEventBytes) {
    this.frames = new EventFrames(this, maxEventBytes);
    this.sink = sink;
  }

  @Override
  public void feed(Bytes chunk) {
    frames.feed(chunk);
  }

  @Override
  public void finish() {
    frames.finish();
  }

  @Override
  public void event(Bytes data) {
    Json json = Json.parseOrMissing(data);
    String bytes = json.get("chunk").text("bytes");
    if (!bytes.isEmpty()) {
      decoded(bytes);
    } else if (json.has("exception")) {
      String message = json.get("exception").text("message");
      sink.event(
          JsonOut.object(
              error ->
                  error
                      .put("type", "error")
                      .object(
                          "error", body -> body.put("type", "api_error").put("message", message))));
    }
  }

  private void decoded(String bytes) {
    try {
      sink.event(Bytes.of(Base64.getDecoder().decode(bytes)));
    } catch (IllegalArgumentException _) {
      sink.damaged();
    }
  }

  @Override
  public void damaged() {
    sink.damaged();
  }
}
