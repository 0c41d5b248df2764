package dev.drover.dialect;

import java.util.Locale;

/** The reasons why a response under a good status is no answer. */
public enum Fault {
  /** The body states an error. */
  ERROR_IN_BODY,
  /** The body has no choice, no event, or nothing at all. */
  EMPTY_RESPONSE,
  /** The stream ended without a word that it is over. */
  UNFINISHED_RESPONSE,
  /** The body is not in the format of its API, or it was damaged. */
  MALFORMED_RESPONSE;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Returns the code of the error, as records and metrics have it. */
  public String code() {
    return code;
  }
}
