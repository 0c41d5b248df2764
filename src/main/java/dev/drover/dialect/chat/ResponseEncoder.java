package dev.drover.dialect.chat;

import dev.drover.types.Bytes;

/**
 * Writes a response in the API of a client, as one document or as a stream of events. Confined to
 * one ext_proc stream.
 */
public interface ResponseEncoder extends ChatSink {
  /**
   * Returns whether the whole response is kept until its end: a document, or one repeated there.
   */
  default boolean keepsAll() {
    return false;
  }

  /** Returns the bytes written since the last call; may be empty. */
  Bytes take();
}
