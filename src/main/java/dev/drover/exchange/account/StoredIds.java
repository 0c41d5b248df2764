package dev.drover.exchange.account;

import dev.drover.catalog.Target;
import dev.drover.dialect.Operation;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the ids that a response gives itself and its items, here and for other Drovers, so that
 * later requests find the target that stores them. Confined to the router-level stream.
 */
final class StoredIds {
  private final ExchangeContext context;
  private final RoutedExchange exchange;
  private int noted;

  StoredIds(ExchangeContext context, RoutedExchange exchange) {
    this.context = context;
    this.exchange = exchange;
  }

  /** Notes ids as soon as they are seen: a client may come back before the response is whole. */
  void seen(List<String> ids, @Nullable Target target) {
    if (noted < ids.size() && target != null && isStored(target)) {
      ResponseLocation location = location(target);
      ids.subList(noted, ids.size()).forEach(id -> remember(id, location));
    }
    noted = ids.size();
  }

  /**
   * Notes what a request takes on that refers to a whole response: all of its tokens; for an item
   * of it, at most what was generated.
   *
   * @param usage as the provider stated it, or null
   */
  void complete(List<String> ids, Target target, @Nullable Usage usage) {
    if (ids.isEmpty() || usage == null || !isStored(target)) {
      return;
    }
    ResponseLocation location = location(target);
    remember(ids.getFirst(), location.withTokens(usage.input() + usage.output()));
    for (String id : ids.subList(1, ids.size())) {
      remember(id, location.withTokens(usage.output()));
    }
  }

  /** Forgets the response that the request has deleted. */
  void deleted() {
    Operation operation = exchange.facts().operation();
    if (operation.kind() == Operation.Kind.STORED && operation.method().equals("DELETE")) {
      String id = exchange.facts().references().all().getFirst().id();
      context.locations().forget(id);
      context.coordinator().forget(id);
    }
  }

  /** Responses to requests in another API are Drover's own, and stored nowhere. */
  private boolean isStored(Target target) {
    boolean kept =
        exchange.facts().references().stores() || exchange.routingRequest().storedAt() != null;
    boolean answers =
        exchange.facts().operation().kind() == Operation.Kind.CHAT
            || exchange.facts().operation().method().equals("GET");
    return kept && answers && exchange.translation(target).isSame();
  }

  private ResponseLocation location(Target target) {
    ResponseLocation earlier = exchange.routingRequest().storedAt();
    if (exchange.facts().operation().kind() == Operation.Kind.STORED && earlier != null) {
      return earlier;
    }
    Attempt attempt = exchange.winner(target);
    return new ResponseLocation(
        exchange.model().name(),
        target.provider().name(),
        target.name(),
        attempt == null ? "" : attempt.credentialPlace(),
        exchange.request().origin().caller().owner(),
        0,
        context.wall().instant());
  }

  private void remember(String id, ResponseLocation location) {
    if (context.locations().note(id, location)) {
      context.coordinator().remember(id, location, context.locations().lifetime().toMillis());
    }
  }
}
