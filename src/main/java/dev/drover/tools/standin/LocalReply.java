package dev.drover.tools.standin;

import com.google.protobuf.ByteString;

/**
 * An answer that the data plane makes itself.
 *
 * @param headers besides :status and content-length
 * @param details RESPONSE_CODE_DETAILS
 */
record LocalReply(int status, HeaderMap headers, ByteString body, String details) {
  static LocalReply text(int status, String body, String details) {
    HeaderMap headers = new HeaderMap();
    if (!body.isEmpty()) {
      headers.add("content-type", "text/plain");
    }
    return new LocalReply(
        status, headers, ByteString.copyFromUtf8(body), details.replace(' ', '_'));
  }
}
