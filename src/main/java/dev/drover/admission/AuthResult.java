package dev.drover.admission;

import dev.drover.record.Caller;

/** What came of asking who it is. */
public sealed interface AuthResult {
  /** Somebody who may ask. */
  record As(Caller caller) implements AuthResult {}

  /**
   * Nobody who may; to be answered with a 401.
   *
   * @param code a stable machine code
   * @param message what was wrong and what is expected, without the secret
   */
  record Not(String code, String message) implements AuthResult {}
}
