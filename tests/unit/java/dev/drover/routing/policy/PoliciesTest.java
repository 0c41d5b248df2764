package dev.drover.routing.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.routing.Decision;
import dev.drover.routing.Exclusion;
import dev.drover.routing.Origin;
import dev.drover.routing.Reason;
import dev.drover.routing.Router;
import dev.drover.routing.RoutingHints;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.task.Tasks;
import dev.drover.state.RuntimeState;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.testing.Requests;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {
  private static final String ALICE = "spiffe://mesh.example/ns/search/sa/alice";
  private static final RoutingHints NO_WISHES = RoutingHints.NONE.explained();
  private final FakeTicker time = new FakeTicker();

  /** Half past one in the morning in Ho Chi Minh City. */
  private Instant now = Instant.parse("2026-03-01T18:30:00Z");

  private Decision decide(String policies, RoutingHints hints, Map<String, String> headers) {
    GatewayConfig config =
        Configs.load(Configs.THREE.replace("STRATEGY", "priority") + "policies:\n" + policies);
    InstantSource wall = () -> now;
    Catalog catalog = Configs.catalog(config);
    Router router =
        Router.compile(
            config,
            catalog,
            Tasks.compile(config.tasks()),
            RuntimeState.fresh(time, wall),
            time,
            wall);
    RoutingRequest routingRequest =
        new RoutingRequest(
            "x",
            Objects.requireNonNull(catalog.model("chat")),
            Requests.facts(
                "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"hi there\"}]}"),
            hints,
            "code",
            null,
            Origin.of(ALICE, () -> headers));
    return router.decide(routingRequest);
  }

  private boolean holds(String condition) {
    Decision decision =
        decide(
            "  - { name: p, when: '" + condition + "', deny_models: [chat] }\n",
            NO_WISHES,
            Map.of("x-team", "ads"));
    return decision instanceof Decision.Refuse refuse && refuse.code().equals("policy_denied");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model == "chat"                                          | true
          model == "solo"                                          | false
          task in ["code", "legal"]                                | true
          operation == "chat" && !stream                           | true
          estimated_tokens < 100                                   | true
          estimated_tokens > 100                                   | false
          spiffe_id.startsWith("spiffe://mesh.example/")           | true
          k8s_namespace == "search" && k8s_service_account == "alice"      | true
          "x-team" in headers && headers["x-team"] == "ads"        | true
          "x-none" in headers && headers["x-none"] == "ads"        | false
          headers.exists(h, h.startsWith("x-t"))                   | true
          now.getHours("Asia/Ho_Chi_Minh") == 1                    | true
          now.getHours() == 18                                     | true
          now.getDayOfWeek("Asia/Ho_Chi_Minh") == 1                | true
          """)
  void conditions_seeTheRequest(String condition, boolean expected) {
    assertThat(holds(condition)).isEqualTo(expected);
  }

  @Test
  void firstRuleThatHolds_decides() {
    Decision decision =
        decide(
            """
              - { name: other, when: 'k8s_namespace == "ads"', deny_models: [chat] }
              - { name: search, when: 'k8s_namespace == "search"', strategy: cost-optimal, max_attempts: 1, deny_targets: [c], tags: { centre: "4711" } }
              - { name: rest, deny_models: [chat] }
            """,
            new RoutingHints(null, null, "weighted", null, null, true),
            Map.of());
    assertThat(decision)
        .isInstanceOfSatisfying(
            Decision.Forward.class,
            forward -> {
              assertThat(forward.plan().targets()).hasSize(1);
              assertThat(forward.plan().primary().name()).isEqualTo("a");
              assertThat(forward.excluded())
                  .singleElement()
                  .extracting(Exclusion::reason)
                  .isEqualTo(Reason.NOT_ALLOWED);
              assertThat(forward.trace().strategy()).isEqualTo("cost-optimal");
              assertThat(forward.trace().policy()).isEqualTo("search");
              assertThat(forward.trace().tags()).containsEntry("centre", "4711");
              assertThat(forward.trace().explain()).isFalse();
            });
  }

  @Test
  void allowLists_capsAndWishes() {
    assertThat(decide("  - { name: p, allow_models: [solo] }\n", NO_WISHES, Map.of()))
        .isInstanceOfSatisfying(
            Decision.Refuse.class,
            refuse -> {
              assertThat(refuse.status()).isEqualTo(403);
              assertThat(refuse.message()).contains("policy p", "model chat");
            });
    assertThat(decide("  - { name: p, allow_targets: [b] }\n", NO_WISHES, Map.of()))
        .isInstanceOfSatisfying(
            Decision.Forward.class,
            forward -> assertThat(forward.plan().primary().name()).isEqualTo("b"));
    assertThat(decide("  - { name: p, max_cost_usd: 0.0003 }\n", NO_WISHES, Map.of()))
        .isInstanceOfSatisfying(
            Decision.Forward.class,
            forward ->
                assertThat(forward.excluded())
                    .extracting(Exclusion::reason)
                    .containsExactly(Reason.OVER_COST_CAP));
    RoutingHints preferB = new RoutingHints(null, null, null, "b", null, false);
    assertThat(decide("  - { name: p, wishes: ignore }\n", preferB, Map.of()))
        .isInstanceOfSatisfying(
            Decision.Forward.class,
            forward -> assertThat(forward.plan().primary().name()).isEqualTo("a"));
    assertThat(decide("  - { name: p, wishes: refuse }\n", preferB, Map.of()))
        .isInstanceOfSatisfying(
            Decision.Refuse.class, refuse -> assertThat(refuse.status()).isEqualTo(403));
  }

  @Test
  void conditionWithoutAnswer_refusesInsteadOfAllowing() {
    assertThat(
            decide(
                "  - { name: p, when: 'headers[\"x-none\"] == \"a\"', deny_models: [chat] }\n",
                NO_WISHES,
                Map.of("x-secret", "do-not-tell")))
        .isInstanceOfSatisfying(
            Decision.Refuse.class,
            refuse -> {
              assertThat(refuse.status()).isEqualTo(500);
              assertThat(refuse.code()).isEqualTo("policy_undecided");
              assertThat(refuse.message()).contains("policy p").doesNotContain("do-not-tell");
            });
  }

  @Test
  void mistakes_areReportedWithTheirPlace() {
    Loaded loaded =
        ConfigLoader.parse(
            Configs.THREE.replace("STRATEGY", "priority")
                + """
                policies:
                  - { name: syntax, when: 'model ==' }
                  - { name: type, when: 'estimated_tokens + 1' }
                  - { name: unknown, when: 'modle == "chat"' }
                  - { name: refers, when: 'stream', allow_models: [chatt], deny_targets: [z] }
                  - { name: always }
                  - { name: never, when: 'stream' }
                tasks: { classes: { own: { patterns: ["(a"] } } }
                """);
    assertThat(loaded)
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken ->
                assertThat(broken.problems())
                    .extracting(Problem::toString)
                    .anySatisfy(
                        p -> assertThat(p).startsWith("policies[0].when").contains("column"))
                    .anySatisfy(p -> assertThat(p).startsWith("policies[1].when").contains("bool"))
                    .anySatisfy(p -> assertThat(p).startsWith("policies[2].when").contains("modle"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("policies[3].allow_models[0]")
                                .contains("did you mean \"chat\""))
                    .anySatisfy(p -> assertThat(p).startsWith("policies[3].deny_targets[0]"))
                    .anySatisfy(
                        p -> assertThat(p).startsWith("policies[5]").contains("before policies[4]"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("tasks.classes.own.patterns[0]")
                                .contains("RE2"))
                    .hasSize(7));
  }
}
