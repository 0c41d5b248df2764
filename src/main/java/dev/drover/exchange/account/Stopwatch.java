package dev.drover.exchange.account;

/**
 * Receives the duration of each transition. Called on the event loop: must neither block nor throw.
 */
@FunctionalInterface
public interface Stopwatch {
  /** A stopwatch that discards all durations. */
  Stopwatch NONE = (_, _) -> {};

  /**
   * A phase took a message.
   *
   * @param phase its class, whose simple name is the phase's
   */
  void took(Class<?> phase, long nanos);
}
