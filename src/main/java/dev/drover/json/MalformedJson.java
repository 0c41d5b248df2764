package dev.drover.json;

/**
 * The one exception a {@link JsonScanner} throws, on any bytes. Has no stack trace: it is an
 * expected outcome, and its message tells position and expectation but never the content.
 */
public final class MalformedJson extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedJson(int position, String found, String expected) {
    super("byte " + position + ": " + found + " (expected: " + expected + ")", null, false, false);
  }
}
