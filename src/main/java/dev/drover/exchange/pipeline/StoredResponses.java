package dev.drover.exchange.pipeline;

import dev.drover.cache.CachedResponse;
import dev.drover.catalog.Target;
import dev.drover.coordination.Coordinator;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseTransform;
import dev.drover.dialect.Translation;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.exchange.account.CacheUse;
import dev.drover.exchange.pipeline.RequestStages.Allowed;
import dev.drover.types.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells which stored responses a request may get, and in which form. */
record StoredResponses(Allowed allowed) {
  /** The response is in the client's API already. */
  private static final ResponseContext NO_CONTEXT =
      new ResponseContext(true, false, "", 0, 0, ToolNames.NONE, "");

  /** Returns what other Drovers may have stored for the request; null when nothing may be given. */
  Coordinator.@Nullable Sought sought(CacheUse use) {
    return use.key() == null || !use.find()
        ? null
        : new Coordinator.Sought(
            use.key(),
            allowed.routing().model().targets().stream()
                .filter(this::mayAnswer)
                .map(target -> CachedResponse.source(target.name(), target.model()))
                .toList());
  }

  /**
   * Returns a stored response in the form that the client asked for; null when it must not be given
   * any more, or cannot be written so.
   */
  @Nullable Bytes body(CachedResponse stored) {
    boolean good =
        allowed.routing().model().targets().stream()
            .anyMatch(
                target ->
                    target.name().equals(stored.target())
                        && target.model().equals(stored.providerModel())
                        && mayAnswer(target));
    return good ? converted(stored) : null;
  }

  private boolean mayAnswer(Target target) {
    return allowed
        .request()
        .ruleset()
        .router()
        .mayAnswer(target, allowed.routing(), allowed.policy());
  }

  private @Nullable Bytes converted(CachedResponse stored) {
    ClientApi client = allowed.request().client();
    RequestFacts facts = allowed.facts();
    if (!facts.stream()) {
      return stored.stream() ? client.document(stored.body()) : stored.body();
    }
    boolean unasked = facts.streamUsage() != null;
    return stored.stream()
        ? unasked ? withoutUsage(client, stored, facts) : stored.body()
        : client.events(stored.body(), !unasked);
  }

  private static Bytes withoutUsage(ClientApi client, CachedResponse stored, RequestFacts facts) {
    ResponseHead head = new ResponseHead(200, stored.contentType(), "");
    try (ResponseTransform without =
        Translation.same(client).response(facts, head, NO_CONTEXT, true, List.of())) {
      Bytes other = without.apply(stored.body(), true);
      return other == null ? stored.body() : other;
    }
  }
}
