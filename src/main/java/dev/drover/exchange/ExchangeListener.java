package dev.drover.exchange;

/** Told of finished exchanges, on the event loop: must neither block nor throw. */
@FunctionalInterface
public interface ExchangeListener {
  void finished(ExchangeRecord record);

  /** A request and its copy at a shadow target have both ended. */
  default void compared(ShadowRecord record) {}
}
