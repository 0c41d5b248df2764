package dev.drover.record;

/** Told of finished exchanges, on the event loop: must neither block nor throw. */
@FunctionalInterface
public interface ExchangeListener {
  void finished(ExchangeRecord record);

  /** The same, with what was said in it; for whom that is meant. */
  default void finished(ExchangeRecord record, Content content) {
    finished(record);
  }

  /** A request and its copy at a shadow target have both ended. */
  default void compared(ShadowRecord record) {}
}
