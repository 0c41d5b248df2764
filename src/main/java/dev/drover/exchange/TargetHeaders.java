package dev.drover.exchange;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.dialect.Endpoint;
import dev.drover.message.HeaderEdits;
import dev.drover.types.Wire;
import org.jspecify.annotations.Nullable;

/** What a target's provider must and must not see in the request's headers. */
final class TargetHeaders {
  private static final String AUTHORIZATION = "authorization";

  private TargetHeaders() {}

  /**
   * Adds the edits for one attempt. They set all that the target owns and remove what other targets
   * of the plan may have left: Envoy keeps header changes from attempt to attempt.
   *
   * @param key the API key to use, or null for none
   */
  static HeaderEdits.Builder add(
      HeaderEdits.Builder edits,
      Target target,
      Endpoint endpoint,
      String query,
      @Nullable String key) {
    Provider provider = target.provider();
    edits.set(":authority", provider.authority());
    edits.set(":path", provider.basePath() + endpoint.suffix() + query);
    edits.remove(Wire.PLAN_HEADER).remove(Wire.SHADOW_HEADER).remove(Wire.EXCHANGE_HEADER);
    if (key == null) {
      edits.remove(AUTHORIZATION);
    } else {
      edits.set(AUTHORIZATION, "Bearer " + key);
    }
    provider.headers().forEach(edits::set);
    return edits;
  }

  /** Removes the headers that any provider adds: whichever was tried before. */
  static HeaderEdits.Builder clear(Catalog catalog) {
    HeaderEdits.Builder edits = new HeaderEdits.Builder();
    catalog.providerHeaders().forEach(edits::remove);
    return edits;
  }
}
