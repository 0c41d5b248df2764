package dev.drover.exchange;

/** Told of each transition, on the event loop: must neither block nor throw. */
@FunctionalInterface
public interface Stopwatch {
  /** Nobody looks. */
  Stopwatch NONE = (_, _) -> {};

  /**
   * A phase took a message.
   *
   * @param phase its class, whose simple name is the phase's
   */
  void took(Class<?> phase, long nanos);
}
