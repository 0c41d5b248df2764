package dev.drover.catalog;

import dev.drover.credential.AuthScheme;
import dev.drover.credential.CredentialPool;
import dev.drover.dialect.Dialect;
import dev.drover.types.NamePatterns;
import java.util.Map;

/**
 * A provider of an LLM API. Immutable, except for the rotation of its keys.
 *
 * @param name the name in the config
 * @param tls true when the provider is reached by HTTPS
 * @param host DNS name or address in lower case, IPv6 in brackets
 * @param port TCP port
 * @param authority the host, and the port where it is not the scheme's own
 * @param basePath the path that operations stand under, without a trailing slash; may be empty
 * @param dialect the API that the provider speaks
 * @param keys the provider's API keys
 * @param auth the header that takes a key
 * @param headers further request headers, lower-case names
 * @param forwards headers of clients that the provider gets beside those of the client's API
 * @param passthrough true when the provider gets the keys that clients send for it
 */
public record Provider(
    String name,
    boolean tls,
    String host,
    int port,
    String authority,
    String basePath,
    Dialect dialect,
    CredentialPool keys,
    AuthScheme auth,
    Map<String, String> headers,
    NamePatterns forwards,
    boolean passthrough) {
  /**
   * The room that the headers of the config take in a request.
   *
   * @param headers their number
   * @param bytes the bytes of their names and values
   */
  public record HeaderRoom(int headers, int bytes) {}

  /** Returns the room that this provider's headers take. */
  HeaderRoom headerRoom() {
    int bytes = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      bytes += header.getKey().length() + header.getValue().length();
    }
    return new HeaderRoom(headers.size(), bytes);
  }
}
