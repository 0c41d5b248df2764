package dev.drover.dialect.anthropic;

import dev.drover.dialect.EventFramer;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.response.FramedResponse;
import dev.drover.dialect.sse.SseOut;
import dev.drover.json.Json;
import dev.drover.types.Bytes;

/**
 * Gives the client of a stream of Bedrock's InvokeModel the same events as the stream that
 * Anthropic sends. Confined to one exchange's callbacks.
 */
final class InvokeStream implements ResponseReader, EventFramer.Sink {
  private static final int MOST_EVENT_BYTES = 8 << 20;

  private final SseOut out = new SseOut();
  private final InvokeFrames frames = new InvokeFrames(this, MOST_EVENT_BYTES);
  private final FramedResponse counted =
      new FramedResponse(sink -> new InvokeFrames(sink, MOST_EVENT_BYTES), new MessagesOutput());

  @Override
  public Bytes read(Bytes chunk, boolean last) {
    counted.read(chunk, last);
    frames.feed(chunk);
    if (last) {
      frames.finish();
    }
    return out.take();
  }

  @Override
  public void event(Bytes data) {
    String type = Json.parseOrMissing(data).text("type");
    if (type.matches("[a-z_]{1,60}")) {
      out.event(type, data);
    }
  }

  @Override
  public void damaged() {
    out.event(
        "error",
        AnthropicClient.errorBody(
            GatewayError.MALFORMED.status(), GatewayError.MALFORMED.message()));
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return counted.facts(complete);
  }

  @Override
  public boolean ended() {
    return counted.ended();
  }

  @Override
  public void close() {
    counted.close();
  }
}
