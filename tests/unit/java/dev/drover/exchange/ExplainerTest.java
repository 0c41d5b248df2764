package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Callers;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.pipeline.Explainer;
import dev.drover.message.Headers;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.ExchangeRecord;
import dev.drover.testing.Configs;
import dev.drover.types.Bytes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Holds explanations to what the server does next, and to changing nothing. */
class ExplainerTest {
  private static final int REQUESTS = 400;
  private static final String PATH = "/v1/chat/completions";
  private static final List<String> CALLERS = List.of("one", "two", "three");

  /** The first character of a caller's key is its own, so that hashes differ. */
  private static final Map<String, String> KEYS =
      Map.of("one", "sk-drover-1", "two", "sk-drover-2", "three", "sk-drover-3");

  private static final String YAML =
      Configs.THREE
              .replace(
                  "chat: { targets: [a, b, c], strategy: STRATEGY }",
                  "chat: { targets: [a, b, c], strategy: cost-optimal, cache: { ttl: 5m } }")
              .replace(
                  "solo: { targets: [a] }",
                  "solo: { targets: [a], budgets: [ { limit_tokens: 900 } ] }")
          + """
          teams:
            shared: { limits: { requests_per_minute: 90, burst: 20 } }
          keys:
            - { id: one, sha256: "%s", team: shared, budgets: [ { limit_usd: 0.004 } ] }
            - { id: two, sha256: "%s", team: shared, models: [chat] }
            - { id: three, sha256: "%s", limits: { in_flight: 2 } }
          policies:
            - { name: no-solo, when: 'caller == "three"', deny_models: [solo] }
            - { name: cheap, when: 'caller == "two"', strategy: priority }
          """
              .formatted(hash("one"), hash("two"), hash("three"));

  private final Scene scene = new Scene(YAML);
  private final Explainer explainer = new Explainer(withTheNextId(scene));
  private final Random random = new Random(7);
  private final Map<String, Integer> seen = new TreeMap<>();

  private static String hash(String caller) {
    return Callers.sha256(Objects.requireNonNull(KEYS.get(caller)));
  }

  private static ExchangeContext withTheNextId(Scene scene) {
    ExchangeContext context = scene.context;
    return new ExchangeContext(
        context.ruleset(),
        context.inFlight(),
        context.held(),
        context.cache(),
        context.coordinator(),
        context.locations(),
        context.listener(),
        context.tracing(),
        context.stopwatch(),
        context.ticker(),
        context.wall(),
        scene::nextId,
        context.elsewhere());
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put(":method", "POST");
    headers.put(":path", PATH);
    switch (random.nextInt(12)) {
      case 0 -> headers.put("authorization", "Bearer sk-drover-nobody");
      case 1 -> {}
      default ->
          headers.put(
              "authorization", "Bearer " + KEYS.get(CALLERS.get(random.nextInt(CALLERS.size()))));
    }
    switch (random.nextInt(8)) {
      case 0 -> headers.put("x-drover-prefer", List.of("a", "b", "none").get(random.nextInt(3)));
      case 1 -> headers.put("x-drover-strategy", random.nextBoolean() ? "balanced" : "wrong");
      case 2 -> headers.put("x-drover-max-cost-usd", random.nextBoolean() ? "0" : "0.001");
      case 3 -> headers.put("x-drover-cache", "on");
      default -> {}
    }
    return headers;
  }

  private String body() {
    String model = List.of("chat", "chat", "chat", "solo", "unknown").get(random.nextInt(5));
    String text = "word ".repeat(random.nextInt(3) * 200) + random.nextInt(4);
    String more = random.nextBoolean() ? ",\"temperature\":0" : "";
    String stream = random.nextInt(4) == 0 ? ",\"stream\":true" : "";
    return random.nextInt(15) == 0
        ? "{\"model\":"
        : "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":%d%s%s}"
            .formatted(model, text, random.nextBoolean() ? 50 : 2_000, more, stream);
  }

  /** Returns the outcome of an explanation in one line. */
  private static String told(Explainer.Outcome outcome) {
    return switch (outcome) {
      case Explainer.Outcome.Forwarded forwarded -> "to " + forwarded.decision().plan().cluster();
      case Explainer.Outcome.Stored stored -> "stored " + stored.response().target();
      case Explainer.Outcome.Refused refused ->
          "refused " + refused.status() + " " + refused.code() + ": " + refused.message();
    };
  }

  /** Returns the outcome of the server in one line. */
  private String done(List<Outbound> answers) {
    Outbound last = answers.getLast();
    if (last instanceof Outbound.BodyResponse response) {
      return "to " + response.edits().set().get("x-drover-plan");
    }
    Outbound.ImmediateResponse reply = (Outbound.ImmediateResponse) last;
    if (reply.details().equals("drover_cache_hit")) {
      return "stored " + reply.headers().get("x-drover-target");
    }
    ExchangeRecord record = scene.records.getLast();
    String error = reply.body().text();
    String message = error.substring("{\"error\":{\"message\":\"".length());
    return "refused "
        + record.status()
        + " "
        + record.code()
        + ": "
        + message.substring(0, message.indexOf("\",\"type\"")).replace("\\\"", "\"");
  }

  private void finish(Exchange exchange) {
    exchange.advance(Scene.answer(200));
    exchange.advance(
        Scene.answerBody(
            "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150}}",
            true));
  }

  @Test
  void explanation_isWhatTheServerDoesNext() {
    List<Exchange> open = new java.util.ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Map<String, String> headers = headers();
      String body = body();
      int records = scene.records.size();
      String told = told(explainer.explain(PATH, headers, Bytes.utf8(body), null));
      assertThat(told(explainer.explain(PATH, headers, Bytes.utf8(body), null))).isEqualTo(told);
      assertThat(scene.records).as("records of explanations").hasSize(records);

      Exchange exchange = scene.open();
      List<Outbound> answers =
          exchange.advance(
              new Inbound.RequestHeaders(
                  Headers.of(headers), false, Scene.BUFFERED, null, null, null));
      if (!exchange.phaseName().equals("Ended")) {
        answers = exchange.advance(Scene.body(body));
      }
      assertThat(done(answers)).as("%s %s", headers, body).isEqualTo(told);
      seen.merge(told.replaceAll("[|:@].*", ""), 1, Integer::sum);
      if (exchange.phaseName().equals("AwaitingResponse")) {
        open.add(exchange);
      }
      while (open.size() > random.nextInt(5)) {
        finish(open.removeFirst());
      }
      scene.time.advance(Duration.ofMillis(random.nextInt(1_500)));
    }
    open.forEach(this::finish);
    assertThat(scene.settled()).isTrue();
    assertThat(seen.keySet())
        .as(seen.toString())
        .contains(
            "to drover",
            "stored a",
            "refused 400 invalid_json",
            "refused 400 invalid_wish",
            "refused 401 invalid_api_key",
            "refused 403 model_not_allowed",
            "refused 404 model_not_found",
            "refused 429 rate_limited",
            "refused 429 budget_reserved");
  }

  @Test
  void caller_canBeNamedWithoutItsKey() {
    String body = "{\"model\":\"solo\",\"messages\":[]}";
    assertThat(told(explainer.explain(PATH, Map.of(), Bytes.utf8(body), "two")))
        .startsWith("refused 403 model_not_allowed");
    assertThat(told(explainer.explain(PATH, Map.of(), Bytes.utf8(body), "one")))
        .startsWith("to drover|solo|a@");
    assertThat(told(explainer.explain(PATH, Map.of(), Bytes.utf8(body), "four")))
        .isEqualTo(
            "refused 400 unknown_caller: caller: four is not in the config (expected: the id of a key or workload)");
  }
}
