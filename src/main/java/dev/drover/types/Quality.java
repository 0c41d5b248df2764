package dev.drover.types;

import java.util.Locale;

/**
 * A level of quality: of the responses of a target, or the least that a request needs. Each level
 * satisfies a need for the levels before it.
 */
public enum Quality {
  LOW,
  BALANCED,
  HIGH;

  /** The name in config and in messages: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
