package dev.drover.record;

/**
 * A listener for finished exchanges. Called on the event loop, so it must neither block nor throw.
 */
@FunctionalInterface
public interface ExchangeListener {
  void finished(ExchangeRecord record);

  /** Reports a finished exchange together with its content, which is ignored by default. */
  default void finished(ExchangeRecord record, Content content) {
    finished(record);
  }

  /** A request and its copy at a shadow target have both ended. */
  default void compared(ShadowRecord record) {}
}
