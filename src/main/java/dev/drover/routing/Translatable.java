package dev.drover.routing;

import dev.drover.catalog.Target;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.HubRequest;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ProviderApi;
import dev.drover.dialect.RequestFacts;
import org.jspecify.annotations.Nullable;

/**
 * Tells which targets a request can be translated for. Immutable but for what the hub keeps;
 * thread-safe.
 *
 * @param client the API that the client speaks
 * @param facts as read from the request
 * @param hub the request, for APIs other than the client's
 * @param strict whether a field that would be left out excludes a target too
 */
public record Translatable(ClientApi client, RequestFacts facts, HubRequest hub, boolean strict) {
  /**
   * Returns the field or the operation that keeps the request from a target, or null when it can go
   * there.
   */
  @Nullable String refusal(Target target) {
    if (facts.bodyApi() == null && target.provider().speaks(client)) {
      return null;
    }
    if (facts.operation().kind() != Operation.Kind.CHAT) {
      return facts.operation().suffix();
    }
    ProviderApi api = target.provider().api(client);
    return hub.written(api, target.asked(), target.provider().path(api, target.model()))
        .losses()
        .refused(strict);
  }
}
