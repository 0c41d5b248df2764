package dev.drover.dialect;

import dev.drover.dialect.chat.ChatSink;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.sse.SseDecoder;
import dev.drover.json.Json;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a response says, part by part. */
final class RecordingSink implements ChatSink {
  private final List<String> told = new ArrayList<>();
  private final StringBuilder part = new StringBuilder();

  List<String> told() {
    return told;
  }

  /** Reads a response of a provider, document or stream, into a sink. */
  static void read(ProviderApi api, String response, ChatSink sink) {
    Bytes bytes = Bytes.utf8(response);
    boolean document = response.stripLeading().startsWith("{");
    ResponseReader counted =
        api.chatReader(
            new ResponseHead(200, document ? "application/json" : "text/event-stream", ""));
    counted.read(bytes, true);
    ChatStream chat = new ChatStream(sink, "x", "unnamed", () -> counted.facts(true).usage());
    ResponseDecoder decoder = api.decoder(chat, Requests.CONTEXT);
    if (document) {
      decoder.document(Json.parse(bytes));
    } else {
      SseDecoder events =
          new SseDecoder(
              1 << 20,
              new SseDecoder.Sink() {
                @Override
                public void event(Bytes raw, Bytes data) {
                  if (data.isEmpty()) {
                    return;
                  }
                  Json json = Json.parseOrMissing(data);
                  if (json.isObject()) {
                    decoder.event(json);
                  } else {
                    decoder.marker(data.text());
                  }
                }

                @Override
                public void oversized(Bytes raw) {
                  throw new AssertionError("oversized");
                }
              });
      events.feed(bytes);
      events.finish();
    }
    chat.end();
  }

  @Override
  public void started(String id, String model) {
    told.add("started " + model);
  }

  @Override
  public void partStarted(PartKind kind, String callId, String name) {
    part.setLength(0);
    part.append(kind).append(callId.isEmpty() ? "" : " " + callId + " " + name).append(' ');
  }

  @Override
  public void partDelta(String text) {
    part.append(text);
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    String whole = part.toString();
    told.add(whole.startsWith("TOOL_CALL") && whole.endsWith(" ") ? whole + "{}" : whole);
  }

  @Override
  public void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage) {
    told.add(
        "finished "
            + stop
            + (usage == null
                ? ""
                : " " + usage.input() + " " + usage.cachedInput() + " " + usage.output()));
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    told.add("failed " + error.message());
  }
}
