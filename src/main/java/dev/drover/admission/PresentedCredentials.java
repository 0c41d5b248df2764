package dev.drover.admission;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The credentials that a request presents. A text is empty when the request presents none of that
 * kind.
 *
 * @param authorization the header of that name, unless it holds a key for a provider
 * @param apiKey the first of the headers {@code x-api-key}, {@code x-goog-api-key} and {@code
 *     api-key}
 * @param spiffeId the workload that Envoy vouches for
 * @param tokens payloads of tokens that Envoy has verified, by the key of its metadata
 * @param headers the first value of a header by its lower-case name
 */
public record PresentedCredentials(
    String authorization,
    String apiKey,
    String spiffeId,
    Map<String, Object> tokens,
    UnaryOperator<String> headers) {
  /** Returns a fixed text, because the fields hold secrets. */
  @Override
  public String toString() {
    return "Presented[not shown]";
  }
}
