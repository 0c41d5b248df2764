package dev.drover.exchange;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Provider;
import dev.drover.credential.AuthScheme;
import dev.drover.credential.Credential;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Translation;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.exchange.account.ClientHeaders;
import dev.drover.message.HeaderEdits;
import dev.drover.types.Wire;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes what a provider must and must not see in the headers of a request. */
final class TargetHeaders {
  private TargetHeaders() {}

  /**
   * Adds the edits for one attempt. They set all that the target owns and remove what other targets
   * of the plan may have left: Envoy keeps header changes from attempt to attempt.
   *
   * @param credential what proves who pays, or null for none
   * @param client the headers of the client
   * @param translation between the client and the provider
   * @param mixed whether targets of the plan differ in the API that they speak
   */
  static HeaderEdits.Builder add(
      HeaderEdits.Builder edits,
      Provider provider,
      UpstreamRequest request,
      @Nullable Credential credential,
      ClientHeaders client,
      Translation translation,
      boolean mixed,
      Instant now) {
    edits.set(":authority", provider.authority());
    edits.remove(Wire.PLAN_HEADER).remove(Wire.SHADOW_HEADER).remove(Wire.EXCHANGE_HEADER);
    for (AuthScheme scheme : AuthScheme.values()) { // another Drover may have set any of them
      edits.remove(scheme.header());
    }
    UpstreamRequest sent =
        credential == null ? request : credential.authorize(request, provider.authority(), now);
    edits.set(":path", sent.path());
    if (mixed) {
      Dialects.headersOfProviders().forEach(edits::remove);
    }
    if (!translation.isSame()) {
      client.ofApi().keySet().forEach(edits::remove);
    } else if (mixed) { // another target's attempt may have removed them
      client.ofApi().forEach(edits::set);
    }
    client
        .forwarded()
        .forEach(
            (name, value) -> {
              if (provider.forwards().has(name)) {
                edits.set(name, value);
              } else {
                edits.remove(name);
              }
            });
    sent.headers().forEach(edits::set);
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
