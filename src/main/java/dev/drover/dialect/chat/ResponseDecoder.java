package dev.drover.dialect.chat;

import dev.drover.json.Json;

/**
 * Reads a response in the API of a provider into a {@link ChatStream}. Unknown members and events
 * are passed over. Confined to one ext_proc stream.
 */
public interface ResponseDecoder {
  /** Takes a response that is one document. */
  void document(Json document);

  /** Takes an event of a stream. */
  void event(Json data);

  /** Takes an event that is no JSON, such as {@code [DONE]}. */
  default void marker(String data) {}
}
