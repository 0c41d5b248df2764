package dev.drover.credential;

import dev.drover.dialect.UpstreamRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Holds an API key that goes into a request header as it is. Immutable.
 *
 * @param key the key itself
 * @param scheme the header that takes it
 */
public record ApiKey(String key, AuthScheme scheme) implements Credential {
  @Override
  public UpstreamRequest authorize(UpstreamRequest request, String authority, Instant now) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put(scheme.header(), scheme.value(key));
    return new UpstreamRequest(request.method(), request.path(), headers, request.body());
  }

  /** Returns nothing of the key. */
  @Override
  public String toString() {
    return "ApiKey[" + scheme + "]";
  }
}
