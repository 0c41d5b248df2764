package dev.drover.exchange.pipeline;

import dev.drover.cache.CachedResponse;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.pipeline.RequestStages.Allowed;
import dev.drover.exchange.pipeline.RequestStages.Routed;
import dev.drover.message.BodyMode;
import dev.drover.message.Headers;
import dev.drover.message.Inbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Caller;
import dev.drover.routing.Decision;
import dev.drover.routing.Exclusion;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.types.Bytes;
import dev.drover.types.HeldBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides requests as the server does, by the same steps, and reserves, counts, claims and stores
 * nothing. Thread-safe.
 */
public final class Explainer {
  private final ExchangeContext context;

  /**
   * @param context its ruleset, state and cache decide; its listener is told nothing
   */
  public Explainer(ExchangeContext context) {
    this.context = context;
  }

  /** The outcome for one request. */
  public sealed interface Outcome {
    /** The request goes to the targets of a plan. */
    record Forwarded(
        Ruleset ruleset, RoutingRequest routing, Decision.Forward decision, Caller caller)
        implements Outcome {}

    /** The request gets a stored response. */
    record Stored(CachedResponse response) implements Outcome {}

    /**
     * The request is refused.
     *
     * @param excluded the targets that cannot take it, where it came to that
     */
    record Refused(int status, String code, String message, List<Exclusion> excluded)
        implements Outcome {}
  }

  /**
   * Explains one request.
   *
   * @param path the request's path, query included
   * @param headers the request's headers, lower-case names
   * @param caller the id of the key or workload that asks; null: the headers tell
   */
  public Outcome explain(
      String path, Map<String, String> headers, Bytes body, @Nullable String caller) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(":method", "POST");
    all.put(":path", path);
    Inbound.RequestHeaders in =
        new Inbound.RequestHeaders(
            Headers.of(all),
            false,
            new ProcessingModes(BodyMode.BUFFERED, BodyMode.STREAMED, true),
            null,
            null,
            "127.0.0.1:0",
            null,
            Map.of());
    Caller known = caller == null ? null : context.ruleset().get().callers().named(caller);
    if (caller != null && known == null) {
      return new Outcome.Refused(
          400,
          "unknown_caller",
          "caller: %s is not in the config (expected: the id of a key or workload)"
              .formatted(caller),
          List.of());
    }
    RequestHead head = new HeaderSteps(context, HeldBytes.unbounded().lease()).run(in, known);
    if (head == null || !head.request().operation().isRouted()) {
      return new Outcome.Refused(
          404,
          "not_found",
          "path: " + path + " (expected: one of an LLM API that takes a body)",
          List.of());
    }
    if (head.refused() != null) {
      return refused(head.refused());
    }
    long most = head.request().ruleset().maxBodyBytes();
    if (body.length() > most) {
      return refused(RefusedRequest.bodyTooLarge(most));
    }
    return switch (new RequestPipeline(context, true).run(head.request(), body)) {
      case StepResult.Continue<Routed>(Routed routed) ->
          new Outcome.Forwarded(
              head.request().ruleset(),
              routed.admitted().allowed().routing(),
              routed.decision(),
              head.request().origin().caller());
      case StepResult.Refuse<Routed>(RefusedRequest refused) -> refused(refused);
      case StepResult.Reply<Routed>(Allowed _, CachedResponse stored, Bytes _) ->
          new Outcome.Stored(stored);
      case StepResult.Answer<Routed> _ ->
          new Outcome.Refused(
              404,
              "not_found",
              "path: " + path + " (expected: one of an operation that a target serves)",
              List.of());
      case StepResult.Await<Routed, ?> _ ->
          throw new IllegalStateException("explain: a step waits (expected: none does)");
    };
  }

  private static Outcome refused(RefusedRequest why) {
    return new Outcome.Refused(
        why.status(),
        why.code(),
        why.message(),
        why.decision() == null ? List.of() : why.decision().excluded());
  }
}
