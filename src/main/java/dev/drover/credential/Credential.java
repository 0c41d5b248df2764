package dev.drover.credential;

import dev.drover.dialect.UpstreamRequest;
import java.time.Instant;

/** Proves to a provider who pays. Thread-safe; never blocks. */
public interface Credential {
  /**
   * Returns the request with what proves it. Must be called with the request in its last form: some
   * credentials sign path and body.
   *
   * @param authority the host that the request goes to, and its port where it is not the scheme's
   * @param now the time of day
   */
  UpstreamRequest authorize(UpstreamRequest request, String authority, Instant now);
}
