package dev.drover.dialect;

import org.jspecify.annotations.Nullable;

/** The result of reading a request body. */
public sealed interface ParseResult {
  /** A body that is a request of this dialect. */
  record Read(RequestFacts facts) implements ParseResult {}

  /**
   * A body that is not a request of this dialect; the client should be told so with a 400.
   *
   * @param code a stable machine code, such as {@code invalid_json}
   * @param message a sentence that names the thing and what was expected, without the client's
   *     content
   * @param param the field at fault, when there is one
   */
  record Rejected(String code, String message, @Nullable String param) implements ParseResult {}
}
