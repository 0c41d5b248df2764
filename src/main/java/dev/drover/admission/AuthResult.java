package dev.drover.admission;

import dev.drover.record.Caller;

/** The result of identifying a caller. */
public sealed interface AuthResult {
  /** Somebody who may ask. */
  record As(Caller caller) implements AuthResult {}

  /**
   * A caller who is unknown or not allowed; the request is answered with a 401.
   *
   * @param code a stable machine code
   * @param message a description of the problem and of what is expected, without the secret
   */
  record Not(String code, String message) implements AuthResult {}
}
