package dev.drover.types;

/**
 * The source of elapsed time. Readings are only meaningful as differences. Thread-safe; tests pass
 * their own.
 */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since an arbitrary fixed point. */
  long nanos();

  /** The JVM's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
