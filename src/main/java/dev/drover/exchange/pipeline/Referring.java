package dev.drover.exchange.pipeline;

import dev.drover.coordination.Coordinator;
import dev.drover.dialect.Operation;
import dev.drover.dialect.References.Reference;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.pipeline.RequestStages.Located;
import dev.drover.exchange.pipeline.RequestStages.Parsed;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.PendingReply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds where the stored responses are that a request refers to, here or by other Drovers. A
 * response that is unknown and one that is another's are refused in the same words, so that nobody
 * learns what others have.
 */
record Referring(ExchangeContext context, Parsed parsed) {
  /**
   * Looks the references up.
   *
   * @param hereOnly whether no other Drover is asked
   */
  StepResult<Located> locate(boolean hereOnly) {
    List<Reference> references = parsed.facts().references().all();
    if (references.isEmpty()) {
      return new StepResult.Continue<>(new Located(parsed, null));
    }
    Map<String, ResponseLocation> found = new HashMap<>();
    for (Reference reference : references) {
      ResponseLocation location = context.locations().find(reference.id());
      if (location != null) {
        found.put(reference.id(), location);
      }
    }
    List<String> missing =
        references.stream().map(Reference::id).filter(id -> !found.containsKey(id)).toList();
    PendingReply<Coordinator.Located> others =
        hereOnly || missing.isEmpty() ? null : context.coordinator().locate(missing);
    if (others == null) {
      return located(found, true);
    }
    return new StepResult.Await<>(
        others,
        more -> {
          more.found().forEach((id, location) -> context.locations().note(id, location));
          found.putAll(more.found());
          return located(found, more.certain());
        },
        _ -> {});
  }

  private StepResult<Located> located(Map<String, ResponseLocation> found, boolean certain) {
    String owner = parsed.request().origin().caller().owner();
    ResponseLocation first = null;
    long tokens = 0;
    for (Reference reference : parsed.facts().references().all()) {
      ResponseLocation location = found.get(reference.id());
      if (location == null && !certain) {
        return refused(
            503,
            "responses_unavailable",
            "redis: does not answer, and this Drover alone does not know "
                + RequestPipeline.shown(reference.id())
                + " (expected: a Redis that answers)",
            reference);
      }
      if (location == null || !location.owner().equals(owner) || isLost(location)) {
        return refused(404, "response_not_found", unknown(reference), reference);
      }
      if (first != null && !first.provider().equals(location.provider())) {
        return refused(
            400,
            "responses_apart",
            reference.param()
                + ": refers to what different providers stored (expected: responses of one)",
            reference);
      }
      first = first == null ? location : first;
      tokens += location.tokens();
    }
    RequestFacts facts = parsed.facts().found(first == null ? "" : first.model(), tokens);
    return new StepResult.Continue<>(
        new Located(new Parsed(parsed.request(), parsed.body(), facts), first));
  }

  /** Returns whether the path's response is of a model that the config no longer has. */
  private boolean isLost(ResponseLocation location) {
    return parsed.request().operation().kind() == Operation.Kind.STORED
        && parsed.request().ruleset().catalog().model(location.model()) == null;
  }

  private static String unknown(Reference reference) {
    String field = reference.param() == null ? "response" : reference.param();
    return "%s: %s is unknown (expected: the id of a stored response of the caller's)"
        .formatted(field, RequestPipeline.shown(reference.id()));
  }

  private StepResult<Located> refused(
      int status, String code, String message, Reference reference) {
    return new StepResult.Refuse<>(
        new RefusedRequest(
            status,
            code,
            message,
            reference.param(),
            status == 503 ? 1L : null,
            parsed.facts(),
            null,
            null));
  }
}
