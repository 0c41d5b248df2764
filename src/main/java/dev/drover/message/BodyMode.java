package dev.drover.message;

/** The way in which Envoy sends a body: its {@code ProcessingMode.BodySendMode}. */
public enum BodyMode {
  NONE,
  STREAMED,
  BUFFERED,
  BUFFERED_PARTIAL,
  FULL_DUPLEX_STREAMED
}
