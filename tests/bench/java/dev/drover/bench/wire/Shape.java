package dev.drover.bench.wire;

import com.google.protobuf.ByteString;
import dev.drover.e2e.EnvoyPlayer;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * What an exchange is made of.
 *
 * @param bodyKib of the request
 * @param events of the answer's stream; 0: one JSON document
 * @param eventsPerChunk how many of them come at once
 */
record Shape(int bodyKib, int events, int eventsPerChunk) {
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":2500,\"completion_tokens\":200,\"total_tokens\":2700}";

  static Shape json(int bodyKib) {
    return new Shape(bodyKib, 0, 0);
  }

  String name() {
    return bodyKib
        + " KiB, "
        + (events == 0 ? "JSON" : events + " events, " + eventsPerChunk + " a chunk");
  }

  EnvoyPlayer player(ManagedChannel channel, String targetId, String... headers) {
    return new EnvoyPlayer(
        channel,
        targetId,
        ByteString.copyFromUtf8(body()),
        events == 0 ? "application/json" : "text/event-stream",
        answer(),
        headers);
  }

  /** A conversation of some turns, as clients send them. */
  String body() {
    StringBuilder body = new StringBuilder("{\"model\":\"chat\",\"temperature\":0.7,");
    body.append(events > 0 ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "");
    body.append("\"messages\":[{\"role\":\"system\",\"content\":\"You are terse.\"}");
    for (int i = 0; body.length() < bodyKib * 1024 - 200; i++) {
      body.append(",{\"role\":\"")
          .append(i % 2 == 0 ? "user" : "assistant")
          .append("\",\"content\":\"");
      int end = Math.min(bodyKib * 1024 - 200, body.length() + 1500);
      for (int line = 0; body.length() < end; line++) {
        body.append("Line ")
            .append(line)
            .append(" of a longer talk, with a \\\"quote\\\", a tab\\t and some \\u00fcmlaut. ");
      }
      body.append("\"}");
    }
    return body.append("]}").toString();
  }

  private List<ByteString> answer() {
    if (events == 0) {
      return List.of(
          ByteString.copyFromUtf8(
              "{\"id\":\"a\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
                  + "word ".repeat(200)
                  + "\"},\"finish_reason\":\"stop\"}],"
                  + USAGE
                  + "}"));
    }
    List<ByteString> chunks = new ArrayList<>();
    StringBuilder chunk = new StringBuilder();
    for (int i = 0; i < events; i++) {
      boolean last = i == events - 1;
      chunk
          .append(
              "data: {\"id\":\"a\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[")
          .append(
              last
                  ? "],".concat(USAGE)
                  : "{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]")
          .append("}\n\n")
          .append(last ? "data: [DONE]\n\n" : "");
      if (last || (i + 1) % eventsPerChunk == 0) {
        chunks.add(ByteString.copyFromUtf8(chunk.toString()));
        chunk.setLength(0);
      }
    }
    return chunks;
  }
}
