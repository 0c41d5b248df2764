package dev.drover.app;

import dev.drover.catalog.Model;
import dev.drover.catalog.Secrets;
import dev.drover.config.GatewayConfig;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Endpoint;
import dev.drover.dialect.Reading;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.Ruleset;
import dev.drover.routing.Candidate;
import dev.drover.routing.Decision;
import dev.drover.routing.Exclusion;
import dev.drover.routing.Wishes;
import dev.drover.routing.health.HealthRegistry;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import dev.drover.types.Ticker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Why a request goes where it goes, under a config and with no traffic seen yet: learned figures
 * are their starting guesses. Immutable.
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
   */
  public static Explanation of(
      GatewayConfig config, Secrets secrets, String path, Bytes body, Wishes wishes) {
    Ticker ticker = Ticker.system();
    Ruleset ruleset = Ruleset.compile(1, config, secrets, new HealthRegistry(ticker), ticker);
    for (Dialect dialect : Dialects.all()) {
      Endpoint endpoint = dialect.endpoint("POST", path);
      if (endpoint != null) {
        return switch (dialect.read(endpoint, body)) {
          case Reading.Rejected rejected ->
              refused(400, rejected.code(), rejected.message(), List.of());
          case Reading.Read(RequestFacts facts) -> decided(ruleset, facts, wishes);
        };
      }
    }
    return refused(404, "not_found", "path: " + path + " (expected: one of an LLM API)", List.of());
  }

  private static Explanation decided(Ruleset ruleset, RequestFacts facts, Wishes wishes) {
    Model model = ruleset.catalog().model(facts.model());
    if (model == null) {
      return refused(
          404,
          "model_not_found",
          "model: \"" + facts.model() + "\" is not in the config",
          List.of());
    }
    return switch (ruleset.router().decide(model, facts, wishes)) {
      case Decision.Refuse no -> refused(no.status(), no.code(), no.message(), no.excluded());
      case Decision.Forward forward -> forwarded(model, facts, wishes, forward);
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
      Model model, RequestFacts facts, Wishes wishes, Decision.Forward forward) {
    String strategy = wishes.strategy() == null ? model.strategy() : wishes.strategy();
    List<String> plan = forward.plan().targets().stream().map(target -> target.name()).toList();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("operation", facts.endpoint().operation());
    fields.put("model", model.name());
    fields.put("strategy", strategy);
    fields.put("needs", facts.needs().stream().map(Capability::label).sorted().toList());
    fields.put("prompt_bytes", facts.promptBytes());
    fields.put("max_output_tokens", facts.maxOutputTokens());
    fields.put("candidates", forward.ranked().stream().map(Explanation::candidate).toList());
    fields.put("excluded", forward.excluded().stream().map(Exclusion::toString).toList());
    fields.put("plan", plan);
    fields.put("cluster", forward.plan().cluster());
    return new Explanation(fields, words(facts, model, strategy, forward, plan), true);
  }

  private static Map<String, Object> candidate(Candidate candidate) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("target", candidate.target().name());
    fields.put("expected_cost_usd", candidate.expectedCost().toString());
    fields.put("expected_ms", candidate.seen() ? candidate.expectedNanos() / 1_000_000 : null);
    fields.put("error_rate", candidate.errorRate());
    fields.put("load", candidate.load());
    fields.put("weight", candidate.weight());
    return fields;
  }

  private static String words(
      RequestFacts facts,
      Model model,
      String strategy,
      Decision.Forward forward,
      List<String> plan) {
    StringBuilder out = new StringBuilder();
    String needs =
        facts.needs().stream().map(Capability::label).sorted().collect(Collectors.joining(", "));
    out.append(
        "A %s request for \"%s\": model %s, strategy %s.%n"
            .formatted(facts.endpoint().operation(), facts.model(), model.name(), strategy));
    out.append(
        "It has %d bytes of prompt%s%s.%n"
            .formatted(
                facts.promptBytes(),
                facts.maxOutputTokens() < 0
                    ? ""
                    : ", wants at most " + facts.maxOutputTokens() + " tokens",
                needs.isEmpty() ? "" : ", and needs " + needs));
    out.append("Candidates, best first:%n".formatted());
    for (Candidate candidate : forward.ranked()) {
      out.append(
          "  %-20s expected to cost %s USD%n"
              .formatted(candidate.target().name(), candidate.expectedCost()));
    }
    forward.excluded().forEach(exclusion -> out.append("Left out: %s%n".formatted(exclusion)));
    out.append("Tried in this order: %s.%n".formatted(String.join(", then ", plan)));
    return out.toString();
  }
}
