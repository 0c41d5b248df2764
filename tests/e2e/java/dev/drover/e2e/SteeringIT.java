package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.state.health.Breaker;
import dev.drover.tools.fake.Behaviour;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators and policies do to the choice, through the data plane. */
@Tag("data-plane")
class SteeringIT {
  private static final String TOKEN = "an-admin-token";

  @TempDir private Path folder;
  private Rig rig;

  private void start(String yaml) throws Exception {
    Files.writeString(folder.resolve("admin.key"), TOKEN);
    rig = new Rig(folder, yaml);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private static String withToken() {
    return Rig.yaml()
        .replace("drain: 5s,", "drain: 5s, admin_token: { file: \"FOLDER/admin.key\" },");
  }

  private HttpResponse<String> chat(String model, String... headers) throws Exception {
    return send(Http.chat(model), headers);
  }

  private HttpResponse<String> send(String body, String... headers) throws Exception {
    var request =
        Http.request(rig.url() + Http.CHAT)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return Http.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  /** Who answers; the exchange must succeed. */
  private String target(String... headers) throws Exception {
    HttpResponse<String> answer = chat("chat", headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    rig.record();
    return answer.headers().firstValue("x-drover-target").orElseThrow();
  }

  private HttpResponse<String> change(String path, String token) throws Exception {
    return Http.send(
        Http.request("http://" + rig.server.adminAddress() + path)
            .header("authorization", "Bearer " + token)
            .POST(BodyPublishers.noBody())
            .build());
  }

  /** An address that is not known to be of this machine alone stands for any other address. */
  @Test
  void adminPortBeyondThisMachine_wantsTheTokenForReading_butNotForSignsOfLife() throws Exception {
    start(
        withToken()
            .replaceFirst(
                "admin: \"127.0.0.1:0\"",
                "admin: \"[::ffff:127.0.0.1]:0\", admin_read_only: true"));
    String admin = "http://" + rig.server.adminAddress();
    assertThat(Http.get(admin + "/health/ready").statusCode()).isEqualTo(200);
    for (String page : new String[] {"/metrics", "/config", "/targets", "/alerts", "/none"}) {
      assertThat(Http.get(admin + page).statusCode()).as(page).isEqualTo(401);
    }
    assertThat(
            Http.send(
                    Http.request(admin + "/metrics")
                        .header("authorization", "Bearer " + TOKEN)
                        .build())
                .statusCode())
        .isEqualTo(200);
    assertThat(change("/targets/cheap/disable", TOKEN).body()).contains("server.admin_read_only");
    assertThat(target()).isEqualTo("cheap");
  }

  @Test
  void switch_takesEffectAtOnce_andSurvivesARestart() throws Exception {
    start(withToken());
    assertThat(target()).isEqualTo("cheap");
    assertThat(change("/targets/cheap/disable", "wrong").statusCode()).isEqualTo(401);
    assertThat(change("/targets/chaep/disable", TOKEN).body())
        .contains("expected: one of cheap, dear");
    assertThat(change("/rollouts/chat/promote", TOKEN).body())
        .contains("chat: no rollout (expected: a model with a rollout)");
    assertThat(change("/targets/cheap/disable", TOKEN).statusCode()).isEqualTo(200);
    assertThat(target()).isEqualTo("dear");
    rig.close();

    start(withToken());
    assertThat(target()).isEqualTo("dear");
    assertThat(change("/targets/cheap/enable", TOKEN).statusCode()).isEqualTo(200);
    assertThat(target()).isEqualTo("cheap");
    assertThat(change("/providers/one/disable", TOKEN).statusCode()).isEqualTo(200);
    assertThat(target()).isEqualTo("dear");
    assertThat(change("/providers/two/disable", TOKEN).statusCode()).isEqualTo(200);
    HttpResponse<String> none = chat("chat");
    rig.record();
    assertThat(none.statusCode()).isEqualTo(503);
    assertThat(none.body()).contains("cheap: switched_off", "dear: switched_off");
  }

  @Test
  void switchThatCannotBeStored_isNotMade() throws Exception {
    start(withToken());
    Files.createDirectories(folder.resolve("state/state.json.new"));
    HttpResponse<String> answer = change("/targets/cheap/disable", TOKEN);
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("state.json", "nothing was changed");
    assertThat(target()).isEqualTo("cheap");
  }

  @Test
  void damagedState_isPutAside_andNothingElseStops() throws Exception {
    Files.createDirectories(folder.resolve("state"));
    for (String damaged : new String[] {"", "[1]", "{\"switched_off\":", "\"text\""}) {
      Files.writeString(folder.resolve("state/state.json"), damaged);
      start(withToken());
      assertThat(target()).isEqualTo("cheap");
      assertThat(folder.resolve("state/state.json.broken")).hasContent(damaged);
      rig.close();
    }
    Files.writeString(
        folder.resolve("state/state.json"), "{\"switched_off\": null, \"rollouts\": {\"x\": 1}}");
    start(withToken());
    assertThat(target()).isEqualTo("cheap");
  }

  @Test
  void refusedReload_leavesRolloutsAlone() throws Exception {
    start(
        withToken().replace("strategy: cost-optimal,", "rollout: { target: dear, max_p99: 10s },"));
    change("/rollouts/chat/rollback", TOKEN);
    String sound = Files.readString(rig.config);
    String refused =
        sound
            .replace("rollout: { target: dear, max_p99: 10s },", "")
            .replace("cheap: { provider: one", "cheap: { provider: two");
    Files.writeString(rig.config, refused);
    await(() -> admin("/config").contains("render Envoy's config again"));
    assertThat(admin("/rollouts")).contains("rolled_back");
    Files.writeString(rig.config, sound);
    await(() -> !admin("/config").contains("render Envoy's config again"));
    assertThat(admin("/rollouts")).contains("rolled_back");
  }

  private String admin(String path) throws Exception {
    return Http.get("http://" + rig.server.adminAddress() + path).body();
  }

  @Test
  void withoutAToken_nothingCanBeChanged() throws Exception {
    start(Rig.yaml());
    assertThat(change("/targets/cheap/disable", "").statusCode()).isEqualTo(403);
  }

  @Test
  void rejectedKey_isSetAside_whileTheOthersServe() throws Exception {
    Files.writeString(folder.resolve("old.key"), "sk-revoked");
    start(
        Rig.yaml()
            .replace(
                "[ { file: \"FOLDER/first.key\" } ]",
                "[ { file: \"FOLDER/old.key\" }, { file: \"FOLDER/first.key\" } ]"));
    assertThat(target()).as("the rejected attempt falls to the next target").isEqualTo("dear");
    for (int i = 0; i < 10; i++) {
      assertThat(target()).isEqualTo("cheap");
    }
    Files.writeString(folder.resolve("old.key"), Rig.FIRST_KEY);
    for (int i = 0; i < 20; i++) {
      Thread.sleep(100);
      assertThat(target()).as("both keys are good once it is read again").isEqualTo("cheap");
    }
  }

  @Test
  void rollout_keepsSessionsOnTheirSide_andRollsBackOnErrors() throws Exception {
    String yaml =
        withToken()
            .replace(
                "strategy: cost-optimal,",
                "strategy: cost-optimal, rollout: { target: dear, stages: [30, 60, 100], promote: manual, max_p99: 10s },");
    start(yaml);
    Set<String> in = cohort();
    assertThat(in.size()).isBetween(10, 30);
    assertThat(cohort()).isEqualTo(in);
    assertThat(change("/rollouts/chat/promote", TOKEN).body()).contains("running, 60 %");
    Set<String> more = cohort();
    assertThat(more).containsAll(in).hasSizeGreaterThan(in.size());

    rig.second.behave(Behaviour.always(Behaviour.Kind.ERROR_500).withShare(0.3));
    int failed = 0;
    for (int i = 0; i < 40 && failed < 3; i++) {
      chat("chat", "x-drover-session", more.iterator().next());
      failed += rig.record().attempts().size() == 2 ? 1 : 0;
    }
    assertThat(failed).isEqualTo(3);
    rig.second.forget();
    assertThat(cohort()).isEmpty();
    assertThat(rig.second.received()).isEmpty();
    String page = Http.get("http://" + rig.server.adminAddress() + "/rollouts").body();
    assertThat(page).contains("\"status\" : \"rolled_back\"", "\"percent\" : 0", "errors: 3 of");
    rig.close();

    start(yaml);
    assertThat(cohort()).as("after a restart").isEmpty();
  }

  @Test
  void shadow_getsACopyOfItsOwn_andTheCallerIsBilledOnce() throws Exception {
    start(
        Rig.yaml()
            .replace(
                "chat: { targets: [cheap, dear],",
                "chat: { targets: [cheap], shadow: { target: dear, share: 1 },"));
    for (String body : new String[] {Http.chat("chat"), Http.stream("chat")}) {
      HttpResponse<String> answer = send(body);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-drover-target")).contains("cheap");
      ExchangeRecord record = rig.record();
      assertThat(record.attempts()).hasSize(1);
      assertThat(record.target()).isEqualTo("cheap");
    }
    await(() -> rig.second.received().size() == 2);
    var copy = rig.second.received().getFirst();
    assertThat(copy.headers())
        .containsEntry("authorization", "Bearer " + Rig.SECOND_KEY)
        .containsEntry("host", rig.second.baseUrl().split("/", -1)[2])
        .doesNotContainKeys(
            "x-one",
            "x-drover-shadow",
            "x-drover-exchange",
            "x-drover-plan",
            "x-envoy-internal",
            "x-forwarded-for");
    assertThat(copy.body().text()).contains("\"dear-2\"");
    assertThat(copy.headers().get("content-length"))
        .isEqualTo(Integer.toString(copy.body().length()));
    assertThat(rig.first.received())
        .allSatisfy(
            received ->
                assertThat(received.headers())
                    .doesNotContainKeys("x-drover-shadow", "x-drover-exchange"));
    String all =
        "drover_shadow_exchanges_total{model=\"chat\",target=\"dear\",verdict=\"alike\"} 2.0";
    await(() -> metrics().contains(all));
    assertThat(metrics()).doesNotContain("drover_cost_usd_total{model=\"chat\",target=\"dear\"");

    rig.second.behave(Behaviour.always(Behaviour.Kind.RESET));
    assertThat(chat("chat").statusCode()).as("a failing shadow harms nobody").isEqualTo(200);
    rig.record();
  }

  private String metrics() throws Exception {
    return admin("/metrics");
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + java.time.Duration.ofSeconds(60).toNanos();
    while (!condition.call() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(condition.call()).isTrue();
  }

  @Test
  void probes_bringARecoveredTargetBack_andWatchAnIdleOne() throws Exception {
    start(
        Rig.yaml()
            .replace(
                "price: { input: 0.14,",
                "health: { open_for: 10m, probe: completion, probe_every: 1s }, price: { input: 0.14,"));
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    await(() -> rig.health("cheap").breaker().kind(System.nanoTime()) == Breaker.Kind.OPEN);
    assertThat(target()).as("ill before any client noticed").isEqualTo("dear");
    assertThat(rig.first.received().getFirst().body().text())
        .contains("\"cheap-1\"", "\"max_tokens\":1");

    rig.first.behave(Behaviour.GOOD);
    await(() -> rig.health("cheap").breaker().kind(System.nanoTime()) == Breaker.Kind.HALF_OPEN);
    assertThat(target()).isEqualTo("cheap");
    assertThat(metrics())
        .contains("drover_probes_total{outcome=\"success\",target=\"cheap\"}")
        .contains("drover_probe_cost_usd_total{target=\"cheap\"}");
    assertThat(rig.second.received()).as("dear is not probed").hasSize(1);
  }

  @Test
  void hedging_letsTheFirstAnswerWin_andCountsTheOther() throws Exception {
    start(
        Rig.yaml()
            .replace("strategy: cost-optimal,", "strategy: cost-optimal, hedge_after: 200ms,"));
    rig.first.behave(Behaviour.always(Behaviour.Kind.SILENT));
    for (String body : new String[] {Http.chat("chat"), Http.stream("chat")}) {
      HttpResponse<String> answer = send(body);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-drover-target")).contains("dear");
      ExchangeRecord record = rig.record();
      assertThat(record.attempts())
          .extracting(ExchangeRecord.AttemptRecord::outcome)
          .containsExactly(Outcome.OUTRUN, Outcome.SUCCESS);
      assertThat(record.target()).isEqualTo("dear");
      assertThat(record.hedgeCost().value()).isPositive();
    }
    assertThat(rig.health("cheap").breaker().kind(System.nanoTime()))
        .isEqualTo(Breaker.Kind.CLOSED);

    rig.first.behave(Behaviour.GOOD);
    rig.second.behave(Behaviour.always(Behaviour.Kind.SILENT));
    assertThat(target()).isEqualTo("cheap");
    rig.first.behave(Behaviour.GOOD.withLatency(java.time.Duration.ofMillis(600)));
    assertThat(chat("chat").headers().firstValue("x-drover-target")).contains("cheap");
    assertThat(rig.record().attempts())
        .extracting(ExchangeRecord.AttemptRecord::outcome)
        .containsExactly(Outcome.SUCCESS, Outcome.OUTRUN);
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    rig.second.behave(Behaviour.GOOD);
    assertThat(target()).isEqualTo("dear");
  }

  @Test
  void hedgeThatFails_leavesTheOtherItsTime() throws Exception {
    start(
        Rig.yaml()
            .replace("strategy: cost-optimal,", "strategy: cost-optimal, hedge_after: 200ms,"));
    rig.first.behave(Behaviour.GOOD.withLatency(Duration.ofMillis(600)));
    for (Behaviour.Kind kind :
        new Behaviour.Kind[] {Behaviour.Kind.ERROR_500, Behaviour.Kind.THROTTLED}) {
      rig.second.behave(Behaviour.always(kind));
      for (String body : new String[] {Http.chat("chat"), Http.stream("chat")}) {
        HttpResponse<String> answer = send(body);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-drover-target")).contains("cheap");
        assertThat(rig.record().attempts())
            .extracting(ExchangeRecord.AttemptRecord::outcome)
            .containsExactly(Outcome.SUCCESS, Outcome.OUTRUN);
      }
    }
  }

  /** The sessions, of sixty, that the new target answers. */
  private Set<String> cohort() throws Exception {
    Set<String> in = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      if (target("x-drover-session", "session-" + i).equals("dear")) {
        in.add("session-" + i);
      }
    }
    return in;
  }

  @Test
  void conversation_staysWhereItsPrefixIsCached() throws Exception {
    start(
        Rig.yaml()
            .replace("input: 0.14, output: 0.42", "input: 2, output: 8, cached_input: 0.2")
            .replace("input: 2, output: 8 }", "input: 2, output: 8, cached_input: 0.2 }")
            .replace("cost-optimal", "weighted"));
    // beside which a pause of this machine does not make one of them slow
    rig.first.behave(Behaviour.GOOD.withLatency(Duration.ofMillis(50)));
    rig.second.behave(Behaviour.GOOD.withLatency(Duration.ofMillis(50)));
    String first = "{\"role\":\"user\",\"content\":\"" + "long ago ".repeat(1000) + "%d\"}";
    Set<String> homes = new HashSet<>();
    // where one begins is a toss by a salt that each process draws anew
    for (int i = 0; i < 8 || (homes.size() < 2 && i < 40); i++) {
      String conversation = first.formatted(i);
      String home = answeredBy(conversation);
      homes.add(home);
      for (int turn = 0; turn < 4; turn++) {
        conversation +=
            ",{\"role\":\"assistant\",\"content\":\"yes\"},{\"role\":\"user\",\"content\":\"and?\"}";
        assertThat(answeredBy(conversation)).isEqualTo(home);
      }
    }
    assertThat(homes).containsExactlyInAnyOrder("cheap", "dear");
  }

  private String answeredBy(String messages) throws Exception {
    HttpResponse<String> answer = send("{\"model\":\"chat\",\"messages\":[" + messages + "]}");
    rig.record();
    return answer.headers().firstValue("x-drover-target").orElseThrow();
  }

  @Test
  void policies_andTasks_decide_andSayWhy() throws Exception {
    start(
        Rig.yaml()
                .replace(
                    "price: { input: 0.14, output: 0.42 },",
                    "price: { input: 0.14, output: 0.42 }, quality: low,")
            + """
            policies:
              - { name: banned, when: '"x-team" in headers && headers["x-team"] == "banned"', deny_models: [chat] }
              - { name: open, explain: true, tags: { centre: "42" } }
            """);
    HttpResponse<String> banned = chat("chat", "x-team", "banned");
    assertThat(banned.statusCode()).isEqualTo(403);
    assertThat(banned.body()).contains("policy_denied", "policy banned");
    assertThat(rig.record().code()).isEqualTo("policy_denied");

    HttpResponse<String> legal = chat("chat", "x-drover-task", "legal", "x-drover-explain", "1");
    assertThat(legal.headers().firstValue("x-drover-decision").orElseThrow())
        .contains("task=legal", "policy=open", "plan=dear", "cheap(below_quality)");
    ExchangeRecord record = rig.record();
    assertThat(record.asked().task()).isEqualTo("legal");
    assertThat(record.asked().tags()).containsEntry("centre", "42");
    assertThat(rig.second.received().getLast().headers())
        .doesNotContainKeys("x-drover-task", "x-drover-explain");

    HttpResponse<String> wrong = chat("chat", "x-drover-task", "leagl");
    rig.record();
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("did you mean \\\"legal\\\"");
    assertThat(target()).isEqualTo("cheap");
  }
}
