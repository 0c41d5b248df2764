package dev.drover.types;

import java.util.Locale;

/** A class of service that a provider serves a request in, at prices of its own. */
public enum ServiceTier {
  /** The usual one. */
  STANDARD,
  /** Slower and cheaper. */
  FLEX,
  /** Faster and dearer. */
  PRIORITY,
  /** Processed later, in a batch. */
  BATCH;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Returns the name that configs and providers have for it. */
  public String label() {
    return label;
  }

  /**
   * Returns the tier that a provider names. Whatever has no price of its own, such as {@code
   * default}, {@code scale} or {@code on_demand}, is the usual one.
   */
  public static ServiceTier named(String name) {
    for (ServiceTier tier : values()) {
      if (tier.label.equalsIgnoreCase(name)) {
        return tier;
      }
    }
    return STANDARD;
  }
}
