package dev.drover.tools.fake;

import dev.drover.dialect.RequestFacts;
import dev.drover.json.JsonText;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Writes the responses of a fake provider in the forms that clouds have. */
final class CloudAnswers {
  private static final String DATA = "data: ";

  private CloudAnswers() {}

  /** Returns the events of a stream of Anthropic's in the frames that InvokeModel puts them in. */
  static Bytes invoked(Bytes events) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    events
        .text()
        .lines()
        .filter(line -> line.startsWith(DATA))
        .map(line -> line.substring(DATA.length()).getBytes(StandardCharsets.UTF_8))
        .map(event -> Base64.getEncoder().encodeToString(event))
        .forEach(base64 -> frames.writeBytes(frame("chunk", "{\"bytes\":\"" + base64 + "\"}")));
    return Bytes.of(frames.toByteArray());
  }

  /** Returns a whole response of Converse. */
  static Bytes converse(RequestFacts facts) {
    return Bytes.utf8(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":%s}]}},\"stopReason\":\"end_turn\",%s}"
            .formatted(JsonText.quote("Hello from " + facts.model()), usage(facts, 4)));
  }

  /** Returns an event of a stream of Converse. */
  static Bytes converseEvent(int index) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    if (index == 0) {
      frames.writeBytes(frame("messageStart", "{\"role\":\"assistant\"}"));
    }
    frames.writeBytes(
        frame("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"word \"}}"));
    return Bytes.of(frames.toByteArray());
  }

  /** Returns the events that end a stream of Converse. */
  static Bytes converseEnd(RequestFacts facts, int events) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(frame("contentBlockStop", "{\"contentBlockIndex\":0}"));
    frames.writeBytes(frame("messageStop", "{\"stopReason\":\"end_turn\"}"));
    frames.writeBytes(frame("metadata", "{" + usage(facts, events) + "}"));
    return Bytes.of(frames.toByteArray());
  }

  private static String usage(RequestFacts facts, int output) {
    int input = Math.max(1, facts.promptBytes() / 4);
    return "\"usage\":{\"inputTokens\":%d,\"outputTokens\":%d,\"totalTokens\":%d}"
        .formatted(input, output, input + output);
  }

  private static byte[] frame(String type, String payload) {
    return AwsFrames.frame("event", type, payload);
  }
}
