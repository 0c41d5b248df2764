package dev.drover.dialect.responses;

import dev.drover.dialect.chat.Signature;
import dev.drover.json.JsonOut;

/**
 * Carries the encrypted thoughts of the Responses API: an item's id and its content belong
 * together.
 */
final class ReasoningItems {
  private static final char BETWEEN = '|';

  private ReasoningItems() {}

  static Signature signature(String id, String encrypted) {
    return new Signature(ResponsesClient.NAME, id + BETWEEN + encrypted);
  }

  /** Writes the item that a signature stands for. */
  static void item(JsonOut out, String text, String value) {
    int between = value.indexOf(BETWEEN);
    String id = between < 0 ? "" : value.substring(0, between);
    out.put("type", "reasoning").put("id", id.isEmpty() ? null : id);
    out.array(
        "summary",
        parts -> {
          if (!text.isEmpty()) {
            parts.add(part -> part.put("type", "summary_text").put("text", text));
          }
        });
    out.put("encrypted_content", value.substring(between + 1));
  }

  /** Returns the encrypted content that a client of this API carries for a signature. */
  static String carried(Signature signature) {
    if (!signature.api().equals(ResponsesClient.NAME)) {
      return signature.carried(ResponsesClient.NAME);
    }
    return signature.value().substring(signature.value().indexOf(BETWEEN) + 1);
  }
}
