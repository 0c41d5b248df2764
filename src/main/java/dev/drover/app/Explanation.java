package dev.drover.app;

import dev.drover.cache.CachedResponse;
import dev.drover.cache.ResponseCache;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.coordination.Coordinator;
import dev.drover.credential.Credentials;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.InFlightExchanges;
import dev.drover.exchange.account.Stopwatch;
import dev.drover.exchange.account.Tracing;
import dev.drover.exchange.pipeline.Explainer;
import dev.drover.record.Caller;
import dev.drover.routing.Candidate;
import dev.drover.routing.Decision;
import dev.drover.routing.DecisionTrace;
import dev.drover.routing.Exclusion;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import dev.drover.types.HeldBytes;
import dev.drover.types.Quality;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Explains the routing of a request under a config. No traffic has been seen yet, so that learned
 * figures are their initial estimates. Immutable.
 *
 * @param fields the explanation for tools
 * @param text the explanation for people
 * @param forwarded whether the request goes anywhere
 */
public record Explanation(Map<String, Object> fields, String text, boolean forwarded) {
  /**
   * Explains one request as a server that has just started with a config would decide it.
   *
   * @param credentials how environment variables are looked up is up to the caller
   * @param headers the request's headers, lower-case names
   * @param caller the id of the key or workload that asks; null: the headers tell
   */
  public static Explanation of(
      GatewayConfig config,
      Credentials credentials,
      String path,
      Bytes body,
      Map<String, String> headers,
      @Nullable String caller) {
    Ticker ticker = Ticker.system();
    InstantSource wall = InstantSource.system();
    RuntimeState state = RuntimeState.fresh(ticker, wall);
    Ruleset ruleset = Ruleset.compile(1, config, credentials, state, ticker, wall);
    return of(
        new Explainer(
            new ExchangeContext(
                () -> ruleset,
                new InFlightExchanges(),
                HeldBytes.unbounded(),
                new ResponseCache(0, ticker),
                Coordinator.ALONE,
                state.responses(),
                _ -> {},
                Tracing.OFF,
                Stopwatch.NONE,
                ticker,
                wall,
                () -> "explain",
                _ -> null)),
        path,
        body,
        headers,
        caller);
  }

  /** Explains one request as a server would decide it now. */
  static Explanation of(
      Explainer explainer,
      String path,
      Bytes body,
      Map<String, String> headers,
      @Nullable String caller) {
    return switch (explainer.explain(path, headers, body, caller)) {
      case Explainer.Outcome.Forwarded(
              Ruleset ruleset,
              RoutingRequest routing,
              Decision.Forward decision,
              Caller _) ->
          forwarded(ruleset, routing, decision);
      case Explainer.Outcome.Stored(CachedResponse stored) -> stored(stored);
      case Explainer.Outcome.Refused(
              int status,
              String code,
              String message,
              List<Exclusion> excluded) ->
          refused(status, code, message, excluded);
    };
  }

  private static Explanation stored(CachedResponse stored) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("status", 200);
    fields.put("cache", "hit");
    fields.put("target", stored.target());
    fields.put("provider_model", stored.providerModel());
    return new Explanation(
        fields,
        "answered from the cache with a response of target %s\n".formatted(stored.target()),
        true);
  }

  /** Returns the same with the text among the fields. */
  Explanation withText() {
    Map<String, Object> all = new LinkedHashMap<>(fields);
    all.put("text", text);
    return new Explanation(all, text, forwarded);
  }

  private static Explanation refused(
      int status, String code, String message, List<Exclusion> excluded) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("status", status);
    fields.put("code", code);
    fields.put("message", message);
    fields.put("excluded", excluded.stream().map(Exclusion::toString).toList());
    return new Explanation(
        fields, "refused with " + status + " " + code + "\n  " + message + "\n", false);
  }

  private static Explanation forwarded(
      Ruleset ruleset, RoutingRequest routingRequest, Decision.Forward forward) {
    DecisionTrace trace = forward.trace();
    RequestFacts facts = routingRequest.facts();
    Quality quality =
        ruleset.tasks().quality(routingRequest.task(), routingRequest.hints().maxCost());
    List<String> plan = forward.plan().targets().stream().map(target -> target.name()).toList();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("operation", facts.operation().name());
    fields.put("model", routingRequest.model().name());
    fields.put("task", routingRequest.task());
    fields.put("quality", quality == null ? null : quality.label());
    fields.put("policy", trace.policy());
    fields.put("tags", trace.tags());
    fields.put("strategy", trace.strategy());
    fields.put("needs", facts.needs().stream().map(Capability::label).sorted().toList());
    fields.put("prompt_bytes", facts.promptBytes());
    fields.put("max_output_tokens", facts.maxOutputTokens());
    fields.put("expected_output_tokens", ruleset.estimates().expectedOutput(routingRequest));
    fields.put("candidates", forward.ranked().stream().map(Candidate::fields).toList());
    fields.put("excluded", forward.excluded().stream().map(Exclusion::toString).toList());
    fields.put("first_because", trace.notes());
    fields.put("plan", plan);
    fields.put("cluster", forward.plan().cluster());
    return new Explanation(fields, words(routingRequest, quality, forward, plan), true);
  }

  private static String words(
      RoutingRequest routingRequest,
      @Nullable Quality quality,
      Decision.Forward forward,
      List<String> plan) {
    RequestFacts facts = routingRequest.facts();
    DecisionTrace trace = forward.trace();
    StringBuilder out = new StringBuilder();
    String needs =
        facts.needs().stream().map(Capability::label).sorted().collect(Collectors.joining(", "));
    line(
        out,
        "A %s request for \"%s\": model %s, strategy %s."
            .formatted(
                facts.operation().name(),
                facts.model(),
                routingRequest.model().name(),
                trace.strategy()));
    line(
        out,
        "It has %d bytes of prompt%s%s."
            .formatted(
                facts.promptBytes(),
                facts.maxOutputTokens() < 0
                    ? ""
                    : ", wants at most " + facts.maxOutputTokens() + " tokens",
                needs.isEmpty() ? "" : ", and needs " + needs));
    line(
        out,
        "Its task is %s%s; %s."
            .formatted(
                routingRequest.task(),
                quality == null ? "" : ", which needs " + quality.label() + " quality",
                trace.policy() == null
                    ? "no policy holds"
                    : "policy " + trace.policy() + " decides"));
    line(out, "Candidates, best first:");
    for (Candidate candidate : forward.ranked()) {
      line(
          out,
          "  %-20s expected to cost %s USD"
              .formatted(candidate.target().name(), candidate.expectedCost()));
    }
    forward.excluded().forEach(exclusion -> line(out, "Left out: %s".formatted(exclusion)));
    if (!trace.notes().isEmpty()) {
      line(out, "The first is first because: %s.".formatted(trace.notes()));
    }
    line(out, "Tried in this order: %s.".formatted(String.join(", then ", plan)));
    return out.toString();
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
