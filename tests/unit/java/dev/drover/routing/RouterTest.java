package dev.drover.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.dialect.RequestFacts;
import dev.drover.record.Outcome;
import dev.drover.routing.task.Tasks;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.Breaker;
import dev.drover.state.health.TargetHealth;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.testing.Requests;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouterTest {
  /** About 500 tokens. */
  private static final String LONG_PROMPT = ",\"prompt\":\"" + "x".repeat(2000) + "\"";

  private final FakeTicker time = new FakeTicker();
  private final RuntimeState state =
      RuntimeState.fresh(time, () -> Instant.ofEpochSecond(0, time.nanos()));
  private @Nullable Catalog catalog;
  private @Nullable Router router;

  private void compile(GatewayConfig config, Credentials credentials) {
    Catalog compiled = Catalog.compile(config, credentials);
    InstantSource wall = () -> Instant.ofEpochSecond(0, time.nanos());
    catalog = compiled;
    router = Router.compile(config, compiled, Tasks.compile(config.tasks()), state, time, wall);
  }

  private Router router() {
    return Objects.requireNonNull(router);
  }

  private Target target(String name) {
    return Objects.requireNonNull(Objects.requireNonNull(catalog).target(name));
  }

  private Model chat() {
    return Objects.requireNonNull(Objects.requireNonNull(catalog).model("chat"));
  }

  private static RequestFacts facts(String more) {
    return Requests.facts(
        "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]"
            + more
            + "}");
  }

  private RoutingRequest ask(String more, String id) {
    return Requests.ask(id, chat(), facts(more));
  }

  private Decision decide(String more, String key) {
    return router().decide(ask(more, key));
  }

  private Decision decide(RoutingHints hints) {
    return router().decide(Requests.ask("k", chat(), facts(""), hints));
  }

  private List<String> plan(String more) {
    return ((Decision.Forward) decide(more, "k"))
        .plan().targets().stream().map(Target::name).toList();
  }

  private TargetHealth health(String target) {
    return router().estimates().health(target(target));
  }

  private void fail(String target) {
    for (int i = 0; i < 5; i++) {
      health(target).begin(-1).finish(Outcome.FAILURE, 1);
    }
  }

  @Test
  void priority_keepsTheConfiguredOrder() {
    compile(Configs.three("priority"), Configs.credentials());
    assertThat(plan("")).containsExactly("a", "b", "c");
  }

  @Test
  void costOptimal_ranksByExpectedCost_notByUnitPrice() {
    compile(Configs.three("cost-optimal"), Configs.credentials());
    // c has the lower sum of unit prices; with much prompt and little output a is cheaper
    assertThat(plan(LONG_PROMPT + ",\"max_tokens\":1")).first().isEqualTo("a");
    assertThat(plan(LONG_PROMPT + ",\"max_tokens\":100")).first().isEqualTo("c");
  }

  @Test
  void costOptimal_learnsHowLongAnswersAre() {
    compile(Configs.three("cost-optimal"), Configs.credentials());
    assertThat(plan(LONG_PROMPT)).first().isEqualTo("c");
    for (int i = 0; i < 50; i++) {
      for (String target : List.of("a", "c")) {
        router()
            .estimates()
            .learn(
                ask("", "k"),
                target(target),
                new Usage(Usage.Status.COMPLETE, 11, 0, 0, 0, 1, 0, 0),
                4);
      }
    }
    assertThat(plan(LONG_PROMPT)).first().isEqualTo("a");
  }

  @Test
  void weighted_sharesAsConfigured_andKeepsAKeyOnItsTarget() {
    String yaml =
        Configs.THREE.replace(
            "strategy: STRATEGY", "strategy: weighted, weights: { a: 70, b: 20, c: 10 }");
    compile(Configs.load(yaml), Configs.credentials());
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      String first = ((Decision.Forward) decide("", "session-" + i)).plan().primary().name();
      shares.merge(first, 1, Integer::sum);
      if (i % 100 == 0) {
        assertThat(((Decision.Forward) decide("", "session-" + i)).plan().primary().name())
            .isEqualTo(first);
      }
    }
    assertThat(shares.get("a")).isBetween(6800, 7200);
    assertThat(shares.get("b")).isBetween(1800, 2200);
    assertThat(shares.get("c")).isBetween(850, 1150);
  }

  @Test
  void weightedTargetThatDropsOut_movesOnlyItsOwnKeys() {
    compile(Configs.three("weighted"), Configs.credentials());
    Map<Integer, String> before = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      before.put(i, ((Decision.Forward) decide("", "s" + i)).plan().primary().name());
    }
    fail("b");
    before.forEach(
        (i, target) -> {
          String now = ((Decision.Forward) decide("", "s" + i)).plan().primary().name();
          assertThat(now).isNotEqualTo("b");
          if (!target.equals("b")) {
            assertThat(now).isEqualTo(target);
          }
        });
  }

  @Test
  void openBreaker_takesATargetOut_untilItsTrial() {
    compile(Configs.three("priority"), Configs.credentials());
    fail("a");
    assertThat(plan("")).containsExactly("b", "c");
    time.advance(Duration.ofSeconds(60));
    assertThat(plan("")).containsExactly("a", "b", "c");
    assertThat(plan("")).as("one trial at a time").containsExactly("b", "c");
  }

  @Test
  void throttledTarget_rests() {
    compile(Configs.three("priority"), Configs.credentials());
    health("a").cool(-1);
    assertThat(plan("")).containsExactly("b", "c");
    time.advance(Duration.ofSeconds(5));
    assertThat(plan("")).containsExactly("a", "b", "c");
  }

  @Test
  void lackOfACapability_andSmallWindows_areFilters() {
    compile(Configs.three("priority"), Configs.credentials());
    assertThat(plan(",\"tools\":[{\"type\":\"function\"}]")).containsExactly("a", "c");
    assertThat(plan(",\"max_tokens\":5000")).containsExactly("b", "c");
  }

  @Test
  void missingCredential_isAFilter() {
    compile(
        Configs.three("priority"),
        Credentials.offline(new Secrets(name -> name.equals("KEY_TWO") ? "sk" : null)));
    assertThat(plan("")).containsExactly("b");
  }

  @Test
  void nothingLeft_saysWhyForEach_andWhetherItPaysToWait() {
    compile(
        Configs.load(Configs.THREE.replace("STRATEGY", "priority") + "health: { panic: false }\n"),
        Configs.credentials());
    String tooMuch = ",\"max_tokens\":5000,\"tools\":[{}]";
    fail("c");
    assertThat(decide(tooMuch, "k"))
        .isInstanceOfSatisfying(
            Decision.Refuse.class,
            refuse -> {
              assertThat(refuse.status()).isEqualTo(503);
              assertThat(refuse.message())
                  .contains("a: window_exceeded", "b: lacks_capability (tools)", "c: breaker_open");
              assertThat(refuse.retryAfterSeconds()).isEqualTo(5);
            });
    time.advance(Duration.ofMinutes(5));
    plan(tooMuch);
    health("c").begin(-1).finish(Outcome.SUCCESS, 1);
    health("c").cool(Duration.ofMillis(2100).toNanos());
    assertThat(decide(tooMuch, "k"))
        .isInstanceOfSatisfying(
            Decision.Refuse.class,
            refuse -> {
              assertThat(refuse.status()).isEqualTo(429);
              assertThat(refuse.retryAfterSeconds()).isEqualTo(3);
            });
  }

  @Test
  void whenAllAreIll_theLeastIllIsAsked_andOneThatIsWellAgainIsFoundAtOnce() {
    compile(Configs.three("priority"), Configs.credentials());
    fail("c");
    time.advance(Duration.ofSeconds(1));
    fail("a");
    time.advance(Duration.ofSeconds(1));
    fail("b");
    for (int i = 0; i < 3; i++) {
      assertThat(plan("")).containsExactly("c");
      health("c").begin(-1).finish(Outcome.FAILURE, 1);
    }
    health("c").begin(-1).finish(Outcome.SUCCESS, 1);
    assertThat(health("c").breaker().kind(time.nanos())).isEqualTo(Breaker.Kind.CLOSED);
    assertThat(plan("")).containsExactly("c");
  }

  @Test
  void whenAllRest_oneRequestEachFewSecondsTries_andTheOthersAreToldWhenToComeBack() {
    compile(Configs.three("priority"), Configs.credentials());
    for (String target : List.of("a", "b", "c")) {
      health(target).cool(Duration.ofMinutes(10).toNanos());
    }
    int tried = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 10; i++) {
        switch (decide("", "k" + i)) {
          case Decision.Forward _ -> tried++;
          case Decision.Refuse refuse -> {
            assertThat(refuse.status()).isEqualTo(429);
            assertThat(refuse.retryAfterSeconds()).isBetween(1L, 5L);
          }
        }
      }
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(tried).isBetween(15, 60);
  }

  @Test
  void whatMustNotBeAsked_isNotAskedInPanicEither() {
    compile(
        Configs.three("priority"),
        Credentials.offline(new Secrets(name -> name.equals("KEY_TWO") ? "sk" : null)));
    fail("b");
    assertThat(plan("")).containsExactly("b");
    state.switches().set("target/b", false);
    assertThat(decide("", "k")).isInstanceOf(Decision.Refuse.class);
  }

  @Test
  void requestThatNoTargetCanEverTake_is400() {
    compile(
        Configs.load(Configs.THREE.replace("[a, b, c], strategy: STRATEGY", "[b]")),
        Configs.credentials());
    assertThat(decide(",\"tools\":[{}]", "k"))
        .isInstanceOfSatisfying(
            Decision.Refuse.class, refuse -> assertThat(refuse.status()).isEqualTo(400));
  }

  @Test
  void wishesOfTheClient_areHeard() {
    compile(Configs.three("priority"), Configs.credentials());
    NanoDollars cap = NanoDollars.ofUsd(new java.math.BigDecimal("0.0003"));
    Decision capped = decide(new RoutingHints(null, cap, null, null, null, true));
    assertThat(((Decision.Forward) capped).excluded())
        .extracting(Exclusion::reason)
        .containsExactly(Reason.OVER_COST_CAP);
    Decision cheapest = decide(new RoutingHints(null, null, "cost-optimal", null, null, false));
    assertThat(((Decision.Forward) cheapest).plan().primary().name()).isEqualTo("c");
    Decision preferred = decide(new RoutingHints(null, null, null, "b", null, false));
    assertThat(((Decision.Forward) preferred).plan().targets())
        .extracting(Target::name)
        .containsExactly("b", "a", "c");
  }

  private void halfOpen(String target) {
    fail(target);
    time.advance(Duration.ofSeconds(61));
  }

  @Test
  void halfOpenFallback_isForOneRequestAtATime_andGivenBackWhenNotNeeded() {
    compile(Configs.three("priority"), Configs.credentials());
    halfOpen("b");
    Decision.Forward first = (Decision.Forward) decide("", "k");
    assertThat(first.plan().targets()).extracting(Target::name).containsExactly("a", "c", "b");
    assertThat(first.trials()).extracting(Target::name).containsExactly("b");
    Decision.Forward second = (Decision.Forward) decide("", "k");
    assertThat(second.plan().targets()).extracting(Target::name).containsExactly("a", "c");
    health("b").breaker().giveBack(time.nanos());
    assertThat(plan("")).containsExactly("a", "c", "b");
  }

  @Test
  void windowFilter_allowsForTheErrorOfTheEstimate_andLearnsIt() {
    compile(Configs.three("priority"), Configs.credentials());
    // 3,480 bytes are about 870 tokens; with 10 % of error twice over up to 1,044, and the window
    // is 1,000
    String prompt = ",\"prompt\":\"" + "x".repeat(3460) + "\"";
    assertThat(plan(prompt)).doesNotContain("a");
    RoutingRequest routingRequest = ask(prompt, "k");
    long tokens = router().estimates().expectedInput(target("a"), routingRequest.facts());
    for (int i = 0; i < 200; i++) {
      router()
          .estimates()
          .learn(
              routingRequest,
              target("a"),
              new Usage(Usage.Status.COMPLETE, tokens, 0, 0, 0, 1, 0, 0),
              4);
    }
    assertThat(plan(prompt)).contains("a");
  }

  @Test
  void whatIsReasonedUnseen_isLearned_andEstimatedWhereTextCame() {
    compile(Configs.three("priority"), Configs.credentials());
    Target a = target("a");
    Estimates estimates = router().estimates();
    assertThat(Estimates.textTokens(401)).isEqualTo(101);
    assertThat(estimates.unseenOutput(a, facts(""), 101)).isZero();
    for (int i = 0; i < 100; i++) {
      estimates.learn(
          ask("", "k"), a, new Usage(Usage.Status.COMPLETE, 11, 0, 0, 0, 700, 600, 0), 400);
      estimates.learn(
          ask("", "k"), a, new Usage(Usage.Status.COMPLETE, 11, 0, 0, 0, 700, 600, 0), 2800);
      estimates.learn(
          ask("", "k"), a, new Usage(Usage.Status.COMPLETE, 11, 0, 0, 0, 900, 0, 0), 300);
    }
    assertThat(estimates.unseenOutput(a, facts(""), 100))
        .as("a third of the answers hid 600 tokens, a third showed them, a third had none")
        .isBetween(199L, 201L);
    assertThat(estimates.unseenOutput(a, facts(",\"max_tokens\":150"), 100)).isEqualTo(50);
    assertThat(estimates.unseenOutput(a, facts(",\"max_tokens\":1"), 100)).isZero();
    assertThat(estimates.unseenOutput(target("b"), facts(""), 100)).isZero();
  }

  @Test
  void outputTokens_areLearnedByTask() {
    compile(Configs.three("priority"), Configs.credentials());
    Model chat = chat();
    RoutingRequest code =
        new RoutingRequest("x", chat, facts(""), RoutingHints.NONE, "code", null, Origin.UNKNOWN);
    RoutingRequest extract =
        new RoutingRequest(
            "x", chat, facts(""), RoutingHints.NONE, "extract", null, Origin.UNKNOWN);
    for (int i = 0; i < 500; i++) {
      for (RoutingRequest routingRequest : List.of(code, extract)) {
        long tokens = routingRequest.equals(code) ? 1000 : 10;
        router()
            .estimates()
            .learn(
                routingRequest,
                target("a"),
                new Usage(Usage.Status.COMPLETE, 11, 0, 0, 0, tokens, 0, 0),
                4 * tokens);
      }
    }
    assertThat(router().estimates().expectedOutput(code)).isBetween(990L, 1000L);
    assertThat(router().estimates().expectedOutput(extract)).isBetween(10L, 20L);
    assertThat(router().estimates().expectedOutput(ask("", "k"))).isBetween(400L, 600L);
    assertThat(state.health().outputTokens("chat"))
        .containsKeys("chat/any", "chat/code", "chat/extract");
  }

  @Test
  void healthOfATarget_isJudgedByItsOwnSettings() {
    compile(
        Configs.load(
            Configs.THREE
                    .replace("STRATEGY", "priority")
                    .replace(
                        "supports: [streaming]",
                        "health: { failures_in_row: 2, statuses: { \"529\": throttled } }")
                + "health: { failures_in_row: 3 }\n"),
        Configs.credentials());
    for (int i = 0; i < 2; i++) {
      health("a").begin(-1).finish(Outcome.FAILURE, 1);
      health("b").begin(-1).finish(Outcome.FAILURE, 1);
    }
    assertThat(plan("")).containsExactly("a", "c");
    assertThat(health("b").settings().outcome(529)).isEqualTo(Outcome.THROTTLED);
    assertThat(health("a").settings().outcome(529)).isEqualTo(Outcome.FAILURE);
  }

  @Test
  void shadow_obeysThePolicyOfTheRequest() {
    String yaml =
        Configs.THREE.replace("strategy: STRATEGY", "shadow: { target: c, share: 1 }")
            + "policies: [ { name: p, deny_targets: [c] } ]\n";
    compile(Configs.load(yaml), Configs.credentials());
    assertThat(((Decision.Forward) decide("", "k")).shadow()).isNull();
    compile(
        Configs.load(yaml.replace("deny_targets: [c]", "deny_targets: [b]")),
        Configs.credentials());
    assertThat(((Decision.Forward) decide("", "k")).shadow()).isEqualTo(target("c"));
  }

  @Test
  void reload_keepsHistory() {
    compile(Configs.three("priority"), Configs.credentials());
    fail("a");
    compile(Configs.three("priority"), Configs.credentials());
    assertThat(plan("")).containsExactly("b", "c");
  }
}
