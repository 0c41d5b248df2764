package dev.drover.record;

import java.util.Locale;

/** The outcome of an attempt at a target, as far as the target's health is concerned. */
public enum Outcome {
  /** A whole answer. */
  SUCCESS,
  /** A 5xx, a redirect, a reset, or an answer that was damaged. */
  FAILURE,
  /** No answer in time. */
  TIMEOUT,
  /** 429: asks for a rest, says nothing about health. */
  THROTTLED,
  /** 401 or 403: the provider does not take our key. */
  CREDENTIAL_REJECTED,
  /** Another 4xx: the request was at fault. */
  CALLER_FAULT,
  /** Hedging: another attempt of the exchange answered first. */
  OUTRUN,
  /** The exchange ended before the target had its say. */
  CANCELLED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /**
   * Returns the outcome that a final HTTP status means. 402 says that an account has no credit, 498
   * that a flexible tier has no room, 529 that a provider is overloaded.
   */
  public static Outcome ofStatus(int status) {
    return switch (status) {
      case 429, 498 -> THROTTLED;
      case 401, 402, 403 -> CREDENTIAL_REJECTED;
      case 408, 504 -> TIMEOUT;
      default -> status >= 400 && status < 500 ? CALLER_FAULT : status >= 300 ? FAILURE : SUCCESS;
    };
  }

  /** Returns whether the breaker counts this outcome as a failure. */
  public boolean failed() {
    return this == FAILURE || this == TIMEOUT || this == CREDENTIAL_REJECTED;
  }

  /** Returns whether this outcome says anything about the target's health. */
  public boolean counts() {
    return failed() || this == SUCCESS;
  }

  /** Lower case, for labels. */
  public String label() {
    return label;
  }
}
