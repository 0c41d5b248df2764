package dev.drover.credential.cloud;

/** Issues credentials. Used by one thread at a time. */
public interface Issuer<T> extends AutoCloseable {
  /**
   * Asks for a credential; blocks, for a minute at most.
   *
   * @throws Exception when none is issued; its message may hold secrets and is not shown
   */
  Issued<T> issue() throws Exception;

  /** Ends connections; {@link #issue} is not called any more. */
  @Override
  default void close() {}
}
