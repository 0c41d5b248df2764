package dev.drover.types;

import java.util.Locale;

/** Something a request may need and a target may lack. */
public enum Capability {
  TOOLS,
  VISION,
  AUDIO,
  JSON_SCHEMA,
  STREAMING,
  LOGPROBS;

  /** The name in config and in messages: lower case, such as {@code json_schema}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
