package dev.drover.app;

import dev.drover.catalog.Model;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Secrets;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.RoutingHintHeaders;
import dev.drover.exchange.Workloads;
import dev.drover.message.Headers;
import dev.drover.routing.Candidate;
import dev.drover.routing.Decision;
import dev.drover.routing.DecisionTrace;
import dev.drover.routing.Exclusion;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
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
   * Explains one request.
   *
   * @param secrets how environment variables are looked up is up to the caller
   * @param headers the request's headers, lower-case names
   */
  public static Explanation of(
      GatewayConfig config, Secrets secrets, String path, Bytes body, Map<String, String> headers) {
    Ticker ticker = Ticker.system();
    InstantSource wall = InstantSource.system();
    Ruleset ruleset =
        Ruleset.compile(1, config, secrets, RuntimeState.fresh(ticker, wall), ticker, wall);
    for (ClientApi client : Dialects.clients()) {
      Operation operation = client.operation("POST", path);
      if (operation != null) {
        return switch (client.parse(operation, body)) {
          case ParseResult.Rejected rejected ->
              refused(400, rejected.code(), rejected.message(), List.of());
          case ParseResult.Read(RequestFacts facts) ->
              decided(ruleset, facts, body, Headers.of(headers));
        };
      }
    }
    return refused(404, "not_found", "path: " + path + " (expected: one of an LLM API)", List.of());
  }

  private static Explanation decided(
      Ruleset ruleset, RequestFacts facts, Bytes body, Headers headers) {
    RoutingHintHeaders wishes = RoutingHintHeaders.of(headers::first);
    String problem = wishes.problem(ruleset.tasks().names());
    if (problem != null) {
      return refused(400, "invalid_wish", problem, List.of());
    }
    Model model = ruleset.catalog().model(facts.model());
    if (model == null) {
      return refused(
          404,
          "model_not_found",
          "model: \"" + facts.model() + "\" is not in the config",
          List.of());
    }
    RoutingRequest routingRequest =
        ruleset.ask(
            "explain",
            model,
            facts,
            body,
            wishes.hints().explained(),
            Workloads.origin(headers, null));
    return switch (ruleset.router().decide(routingRequest)) {
      case Decision.Refuse no -> refused(no.status(), no.code(), no.message(), no.excluded());
      case Decision.Forward forward -> forwarded(ruleset, routingRequest, forward);
    };
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
