package dev.drover.dialect.chat;

import org.jspecify.annotations.Nullable;

/**
 * A text that a provider gave along with thoughts, and wants back with them unchanged. It is worth
 * nothing to any other. Immutable.
 *
 * @param api the dialect of the provider that made it
 * @param value as it came
 */
public record Signature(String api, String value) {
  private static final String MARK = "drover.";

  /**
   * Returns the signature as clients of an API carry it: one of another API is marked, so that it
   * is known when it comes back.
   */
  public String carried(String clientApi) {
    return api.equals(clientApi) ? value : MARK + api + "." + value;
  }

  /** Returns the signature that a client of an API brings back; null when it brings none. */
  public static @Nullable Signature brought(String clientApi, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    int dot = text.startsWith(MARK) ? text.indexOf('.', MARK.length()) : -1;
    return dot < 0
        ? new Signature(clientApi, text)
        : new Signature(text.substring(MARK.length(), dot), text.substring(dot + 1));
  }
}
