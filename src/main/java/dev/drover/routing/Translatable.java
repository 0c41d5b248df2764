package dev.drover.routing;

import dev.drover.catalog.Target;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.HubRequest;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ProviderApi;
import org.jspecify.annotations.Nullable;

/**
 * Tells which targets a request can be translated for. Immutable but for what the hub keeps;
 * thread-safe.
 *
 * @param client the API that the client speaks
 * @param operation the operation asked for
 * @param hub the request, for APIs other than the client's
 * @param strict whether a field that would be left out excludes a target too
 */
public record Translatable(ClientApi client, Operation operation, HubRequest hub, boolean strict) {
  /**
   * Returns the field or the operation that keeps the request from a target, or null when it can go
   * there.
   */
  @Nullable String refusal(Target target) {
    if (target.provider().speaks(client)) {
      return null;
    }
    if (operation.kind() != Operation.Kind.CHAT) {
      return operation.suffix();
    }
    ProviderApi api = target.provider().api();
    return hub.written(api, target.asked(), target.provider().path(api, target.model()))
        .losses()
        .refused(strict);
  }
}
