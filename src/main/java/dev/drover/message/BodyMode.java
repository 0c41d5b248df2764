package dev.drover.message;

/** How Envoy hands a body over; its {@code ProcessingMode.BodySendMode}. */
public enum BodyMode {
  NONE,
  STREAMED,
  BUFFERED,
  BUFFERED_PARTIAL,
  FULL_DUPLEX_STREAMED
}
