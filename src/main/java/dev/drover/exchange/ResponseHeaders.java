package dev.drover.exchange;

import dev.drover.message.Headers;

/** Reads what the headers of an answer say of its sender. */
final class ResponseHeaders {
  private ResponseHeaders() {}

  /** The HTTP status; 0 when it is missing or no number. */
  static int status(Headers headers) {
    try {
      return Integer.parseInt(headers.text(":status"));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
