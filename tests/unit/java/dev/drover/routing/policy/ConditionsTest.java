package dev.drover.routing.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.drover.config.schema.PolicyLanguage;
import dev.drover.routing.Origin;
import dev.drover.routing.RoutingHints;
import dev.drover.routing.RoutingRequest;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.testing.Requests;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Plain conditions mean what CEL's own runtime means. */
class ConditionsTest {
  private static final CelRuntime CEL = CelRuntimeFactory.plannerRuntimeBuilder().build();
  private static final String[] TEXTS = {
    "model", "task", "operation", "spiffe_id", "k8s_namespace", "k8s_service_account"
  };
  private static final String[] WORDS = {
    "chat", "code", "search", "s", "", "spiffe://m/ns/search/sa/x"
  };

  private static <T> T any(RandomGenerator random, T[] from) {
    return from[random.nextInt(from.length)];
  }

  private static String expression(RandomGenerator random, int depth) {
    String text = any(random, TEXTS);
    String word = "\"" + any(random, WORDS) + "\"";
    return switch (random.nextInt(depth > 0 ? 14 : 11)) {
      case 0 -> text + " == " + word;
      case 1 -> word + " != " + text;
      case 2 -> text + " in [" + word + ", \"x\"]";
      case 3 ->
          text
              + any(random, new String[] {".startsWith(", ".endsWith(", ".contains("})
              + word
              + ")";
      case 4 ->
          "estimated_tokens "
              + any(random, new String[] {"<", "<=", ">", ">=", "=="})
              + " "
              + random.nextInt(6);
      case 5 -> "stream";
      case 6 -> any(random, new String[] {"true", "false"});
      case 7 -> "\"x-a\" in headers";
      case 8 -> "headers[\"x-a\"] == " + word;
      case 9 -> "headers.exists(h, h == \"x-b\")";
      case 10 -> text + " + \"x\" == " + word;
      case 11 -> "!(" + expression(random, depth - 1) + ")";
      case 12 ->
          "(" + expression(random, depth - 1) + ") && (" + expression(random, depth - 1) + ")";
      default ->
          "(" + expression(random, depth - 1) + ") || (" + expression(random, depth - 1) + ")";
    };
  }

  private static Facts facts(RandomGenerator random) {
    String body =
        "{\"model\":\"chat\",\"stream\":%s,\"messages\":[]}".formatted(random.nextBoolean());
    Origin origin =
        Origin.of(
            any(random, WORDS),
            () -> random.nextBoolean() ? Map.of("x-b", "1") : Map.of("x-a", "chat"));
    Map<String, String> fixed = origin.headers().get();
    return new Facts(
        new RoutingRequest(
            "x",
            Objects.requireNonNull(Configs.catalog(Configs.three("priority")).model("chat")),
            Requests.facts(body),
            RoutingHints.NONE,
            any(random, WORDS),
            null,
            Origin.of(origin.spiffeId(), () -> fixed)),
        random.nextInt(6),
        () -> Instant.EPOCH);
  }

  @Test
  void compiledConditions_agreeWithCel() {
    Cases.each(
        random -> {
          String text = expression(random, 3);
          CelAbstractSyntaxTree ast = PolicyLanguage.compile(text);
          Facts facts = facts(random);
          assertThat(answer(() -> Conditions.compile(ast).holds(facts)))
              .as(text)
              .isEqualTo(answer(() -> (Boolean) CEL.createProgram(ast).eval(facts)));
        });
  }

  /** A way to an answer. */
  private interface Way {
    boolean go() throws CelEvaluationException;
  }

  private static String answer(Way way) {
    try {
      return Boolean.toString(way.go());
    } catch (CelEvaluationException _) {
      return "none";
    }
  }
}
