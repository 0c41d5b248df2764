package dev.drover.types;

import java.util.Locale;

/** How good a target's answers are, or must be; each includes those before it. */
public enum Quality {
  LOW,
  BALANCED,
  HIGH;

  /** The name in config and in messages: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
