package dev.drover.state.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.Decision;
import dev.drover.routing.Origin;
import dev.drover.routing.RoutingHints;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AffinityTest {
  private static final String YAML =
      """
      version: 1
      providers: { p: { base_url: "https://p.example/v1" } }
      targets:
        a: { provider: p, model: a, price: { input: 1.00, output: 1, cached_input: 0.10 } }
        b: { provider: p, model: b, price: { input: 0.95, output: 1, cached_input: 0.09 } }
        c: { provider: p, model: c, price: { input: 0.05, output: 1, cached_input: 0.005 } }
        flat: { provider: p, model: f, price: { input: 1, output: 1 } }
      models:
        dear: { targets: [a, b], strategy: priority }
        all: { targets: [a, b, c], strategy: cost-optimal }
        shared: { targets: [a, b], strategy: weighted }
        none: { targets: [a, b], strategy: weighted, affinity: false }
        flat: { targets: [flat, a], strategy: weighted }
      """;

  private final FakeTicker time = new FakeTicker();
  private final RuntimeState state = RuntimeState.fresh(time, () -> Instant.EPOCH);
  private final GatewayConfig config = Configs.load(YAML);
  private final Ruleset ruleset =
      Ruleset.compile(1, config, Configs.credentials(), state, time, () -> Instant.EPOCH);
  private final Catalog catalog = ruleset.catalog();
  private int ids;

  /** A request of a conversation of 10,000 tokens and more. */
  private RoutingRequest ask(String model, String conversation, int turns) {
    StringBuilder body =
        new StringBuilder(
                "{\"model\":\"m\",\"max_tokens\":10,\"messages\":[{\"role\":\"system\",\"content\":\"")
            .append("policy ".repeat(6000))
            .append("\"},{\"role\":\"user\",\"content\":\"")
            .append(conversation)
            .append("\"}");
    for (int i = 0; i < turns; i++) {
      body.append(
              ",{\"role\":\"assistant\",\"content\":\"yes\"},{\"role\":\"user\",\"content\":\"more ")
          .append(i)
          .append("\"}");
    }
    Bytes bytes = Bytes.utf8(body.append("]}").toString());
    RequestFacts facts = Requests.facts(body.toString());
    return ruleset.routingRequest(
        "id-" + ids++,
        Dialects.usual(),
        Objects.requireNonNull(catalog.model(model)),
        facts,
        bytes,
        RoutingHints.NONE.explained(),
        Origin.UNKNOWN,
        null);
  }

  private String primary(RoutingRequest routingRequest) {
    return ((Decision.Forward) ruleset.router().decide(routingRequest)).plan().primary().name();
  }

  private Target target(String name) {
    return Objects.requireNonNull(catalog.target(name));
  }

  private void answered(RoutingRequest routingRequest, String target) {
    ruleset.router().remember(routingRequest, target(target));
  }

  @Test
  void conversation_staysWhereItIsCached_asLongAsThatIsNotDearer() {
    answered(ask("dear", "first", 0), "b");
    assertThat(primary(ask("dear", "first", 1))).isEqualTo("b");
    assertThat(primary(ask("dear", "second", 1))).isEqualTo("a");
  }

  @Test
  void conversation_moves_whenMovingSavesMoreThanTheCacheIsWorth() {
    answered(ask("all", "first", 0), "a");
    // cold at c: 0.05 per million; warm at a: 0.10
    assertThat(primary(ask("all", "first", 1))).isEqualTo("c");
    answered(ask("all", "other", 0), "c");
    assertThat(primary(ask("all", "other", 1))).isEqualTo("c");
  }

  @Test
  void conversations_shareByWeight_butEachStays() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      RoutingRequest first = ask("shared", "conversation " + i, 0);
      String home = primary(first);
      seen.add(home);
      answered(first, home);
      for (int turn = 1; turn < 5; turn++) {
        RoutingRequest next = ask("shared", "conversation " + i, turn);
        assertThat(primary(next)).isEqualTo(home);
        answered(next, home);
      }
    }
    assertThat(seen).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void withoutACheaperCache_orSwitchedOff_nothingIsKept() {
    assertThat(ask("none", "x", 0).session()).isNull();
    RoutingRequest routingRequest = ask("flat", "x", 0);
    answered(routingRequest, "flat");
    Set<String> seen = new HashSet<>();
    for (int turn = 0; turn < 40; turn++) {
      seen.add(primary(ask("flat", "x", turn)));
    }
    assertThat(seen).hasSize(2);
  }

  @Test
  void illTarget_losesItsConversations_andTimeDoesToo() {
    RoutingRequest routingRequest = ask("dear", "first", 0);
    answered(routingRequest, "b");
    for (int i = 0; i < 5; i++) {
      ruleset
          .estimates()
          .begin(target("b"), routingRequest)
          .finish(dev.drover.record.Outcome.FAILURE, 1);
    }
    assertThat(primary(ask("dear", "first", 1))).isEqualTo("a");
    answered(ask("dear", "second", 0), "b");
    time.advance(Duration.ofMinutes(5).plusSeconds(1));
    assertThat(state.sessions().find(ask("dear", "second", 1).session())).isNull();
  }

  @Test
  void expectedCost_countsCachedTokensOnce() {
    RoutingRequest routingRequest = ask("dear", "first", 0);
    answered(routingRequest, "a");
    Decision.Forward decision = (Decision.Forward) ruleset.router().decide(ask("dear", "first", 0));
    long tokens = ruleset.estimates().expectedInput(target("a"), routingRequest.facts());
    assertThat(decision.ranked().getFirst().cachedTokens()).isEqualTo(tokens);
    assertThat(decision.ranked().getFirst().expectedCost().value())
        .isEqualTo(tokens * 100 + 10 * 1000);
  }

  @Test
  void keys_areSalted_andBounded() {
    Sessions one = new Sessions(new byte[] {1}, time);
    Sessions two = new Sessions(new byte[] {2}, time);
    assertThat(one.named("a", "s"))
        .isEqualTo(one.named("a", "s"))
        .isNotEqualTo(two.named("a", "s"))
        .isNotEqualTo(one.named("b", "s"))
        .isNotEqualTo(one.named("", "as"));
    one.configure(
        Configs.load(YAML + "affinity: { max_sessions: 10, min_tokens: 0 }\n").affinity());
    for (int i = 0; i < 1000; i++) {
      one.note(one.named("", "s" + i), "a", 5000);
    }
    assertThat(one.size()).isLessThanOrEqualTo(10);
  }
}
