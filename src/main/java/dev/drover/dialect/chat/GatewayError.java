package dev.drover.dialect.chat;

import org.jspecify.annotations.Nullable;

/**
 * An error of a provider, in words that belong to no API. Immutable.
 *
 * @param status the HTTP status that goes with it, 400 to 599
 * @param code the provider's code or type of error
 * @param message the provider's message
 * @param param the field at fault, or null
 */
public record GatewayError(int status, String code, String message, @Nullable String param) {
  /** A stream that ended before it said so. */
  public static final GatewayError CUT =
      new GatewayError(
          502, "unfinished_response", "The provider's response ended before its last event.", null);

  /** A response that is not in the provider's API. */
  public static final GatewayError MALFORMED =
      new GatewayError(
          502, "malformed_response", "The provider's response could not be read.", null);
}
