package dev.drover.dialect.openai;

import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries thoughts and their signatures in messages of the chat API. The API has no field of its
 * own for them; {@code reasoning_content} and {@code reasoning_details} are what hosts and clients
 * use.
 */
final class ReasoningDetails {
  static final String FIELD = "reasoning_details";
  static final String TEXT = "reasoning_content";
  private static final String SIGNATURE = "signature";

  private ReasoningDetails() {}

  /** Returns the thoughts of a message, in order. */
  static List<Part> read(Json message) {
    List<Part> parts = new ArrayList<>();
    for (Json detail : message.get(FIELD).elements()) {
      parts.add(
          new Part.Thinking(
              detail.text("text"), Signature.brought(OpenAiClient.NAME, detail.text(SIGNATURE))));
    }
    if (parts.isEmpty() && !message.text(TEXT).isEmpty()) {
      parts.add(new Part.Thinking(message.text(TEXT), null));
    }
    return parts;
  }

  /** Writes one thought. */
  static void detail(JsonOut out, String text, Signature signature) {
    out.put("type", "reasoning.text").put("text", text);
    out.put(SIGNATURE, signature.carried(OpenAiClient.NAME));
  }
}
