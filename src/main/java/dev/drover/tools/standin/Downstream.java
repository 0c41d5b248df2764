package dev.drover.tools.standin;

/** The client's side of a stream. Called on the stream's event loop. */
interface Downstream extends Sink {
  /** Breaks the stream off: closes an HTTP/1 connection, resets an HTTP/2 stream. */
  void reset();

  /** Stops or resumes reading from the client. */
  void reading(boolean on);
}
