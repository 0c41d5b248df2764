package dev.drover.credential;

import java.util.Arrays;
import java.util.List;

/** Tells in which request header a provider takes an API key, and what stands before the key. */
public enum AuthScheme {
  /** {@code authorization: Bearer KEY}, as OpenAI and most others take it. */
  BEARER("bearer", "authorization", "Bearer "),

  /** {@code x-api-key: KEY}, as Anthropic takes it. */
  X_API_KEY("x-api-key", "x-api-key", ""),

  /** {@code api-key: KEY}, as Azure OpenAI takes it. */
  API_KEY("api-key", "api-key", ""),

  /** {@code x-goog-api-key: KEY}, as Gemini takes it. */
  X_GOOG_API_KEY("x-goog-api-key", "x-goog-api-key", "");

  private final String label;
  private final String header;
  private final String prefix;

  AuthScheme(String label, String header, String prefix) {
    this.label = label;
    this.header = header;
    this.prefix = prefix;
  }

  /** Returns the name of the request header, in lower case. */
  public String header() {
    return header;
  }

  /** Returns the value of the header for a key. */
  public String value(String key) {
    return prefix + key;
  }

  /** Returns the key in a header's value, or an empty text where it holds none of this scheme. */
  public String key(String headerValue) {
    return headerValue.regionMatches(true, 0, prefix, 0, prefix.length())
        ? headerValue.substring(prefix.length())
        : "";
  }

  /** Returns the names that the config has for the schemes. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(scheme -> scheme.label).toList();
  }

  /**
   * Returns the scheme with this name in the config.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static AuthScheme named(String label) {
    return Arrays.stream(values())
        .filter(scheme -> scheme.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "auth: " + label + " (expected: one of " + labels() + ")"));
  }
}
