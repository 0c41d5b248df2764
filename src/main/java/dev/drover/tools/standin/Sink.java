package dev.drover.tools.standin;

import com.google.protobuf.ByteString;

/** Takes one message: headers, then data, then trailers. Called on the stream's event loop. */
interface Sink {
  /**
   * Takes the headers.
   *
   * @param end whether neither data nor trailers follow
   */
  void headers(HeaderMap headers, boolean end);

  void data(ByteString data, boolean end);

  /** Takes the trailers, which end the message. */
  void trailers(HeaderMap trailers);
}
