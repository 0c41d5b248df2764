package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.drover.admission.Callers;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.tools.fake.Behaviour;
import dev.drover.types.Usage;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and limits, as clients meet them. */
@Tag("data-plane")
class CallersIT {
  private static final String SECRET = "sk-drover-alice";
  private static final String OTHER = "sk-drover-bob";

  @TempDir private Path folder;
  private Rig rig;

  private void start(String limits, String more) throws Exception {
    rig =
        new Rig(
            folder,
            Rig.yaml()
                + """
                teams: { search: {} }
                keys:
                  - { id: alice, sha256: "%s", team: search, models: [chat], limits: %s }
                  - { id: bob, sha256: "%s" }
                """
                    .formatted(Callers.sha256(SECRET), limits, Callers.sha256(OTHER))
                + more);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private HttpResponse<String> chat(String model, String... headers) throws Exception {
    var request =
        Http.request(rig.url() + Http.CHAT)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(Http.chat(model)));
    return Http.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private HttpResponse<String> alice() throws Exception {
    return chat("chat", "authorization", "Bearer " + SECRET);
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(rig.url() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static ChatCompletionCreateParams hello() {
    return ChatCompletionCreateParams.builder().model("chat").addUserMessage("hello").build();
  }

  @Test
  void keys_identifyCallers_andNeverReachProviders() throws Exception {
    start("{}", "");
    assertThat(client(SECRET).chat().completions().create(hello()).choices()).isNotEmpty();
    ExchangeRecord record = rig.record();
    assertThat(record.asked().caller().id()).isEqualTo("alice");
    assertThat(record.asked().caller().team()).isEqualTo("search");
    assertThat(rig.first.received().getLast().headers())
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY);
    assertThat(chat("chat", "x-api-key", OTHER).statusCode()).isEqualTo(200);
    assertThat(rig.record().asked().caller().id()).isEqualTo("bob");
    assertThat(rig.first.received().getLast().headers()).doesNotContainKey("x-api-key");

    assertThatThrownBy(() -> client("sk-wrong").chat().completions().create(hello()))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessageContaining("not a key of this gateway");
    rig.record();
    HttpResponse<String> none = chat("chat");
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(none.body()).contains("missing_api_key", "authentication_error");
    rig.record();
    String metrics = Http.get("http://" + rig.server.adminAddress() + "/metrics").body();
    assertThat(metrics)
        .contains("drover_team_cost_usd_total{team=\"search\"}", "code=\"missing_api_key\"")
        .doesNotContain(SECRET);
    assertThat(Http.get("http://" + rig.server.adminAddress() + "/config").body())
        .doesNotContain(SECRET);
  }

  @Test
  void modelsOfACaller_areAllItSeesAndGets() throws Exception {
    start("{}", "");
    HttpResponse<String> list =
        Http.send(
            Http.request(rig.url() + "/v1/models")
                .header("authorization", "Bearer " + SECRET)
                .GET()
                .build());
    assertThat(list.body()).contains("\"chat\"", "\"gpt-4o\"").doesNotContain("text-embedding");
    assertThat(Http.get(rig.url() + "/v1/models").statusCode()).isEqualTo(401);
    rig.record();
    HttpResponse<String> other =
        chat("text-embedding-3-small", "authorization", "Bearer " + SECRET);
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.body()).contains("model_not_allowed");
    rig.record();
  }

  @Test
  void limit_isA429WithTruthfulHeaders_andOtherCallersAreFree() throws Exception {
    start("{ requests_per_minute: 20, burst: 2 }", "");
    HttpResponse<String> first = alice();
    assertThat(first.headers().firstValue("x-ratelimit-limit-requests")).contains("20");
    assertThat(first.headers().firstValue("x-ratelimit-remaining-requests")).contains("1");
    rig.record();
    alice();
    rig.record();
    HttpResponse<String> third = alice();
    assertThat(third.statusCode()).isEqualTo(429);
    assertThat(third.body()).contains("rate_limited", "key alice: 20 requests a minute");
    long wait = third.headers().firstValueAsLong("retry-after").orElseThrow();
    assertThat(wait).isBetween(1L, 3L);
    assertThat(rig.record().code()).isEqualTo("rate_limited");
    assertThatThrownBy(() -> client(SECRET).chat().completions().create(hello()))
        .isInstanceOf(RateLimitException.class);
    rig.record();
    assertThat(chat("chat", "x-api-key", OTHER).statusCode()).isEqualTo(200);
    rig.record();
    Thread.sleep(Duration.ofSeconds(wait));
    assertThat(alice().statusCode()).isEqualTo(200);
    rig.record();
  }

  @Test
  void inFlight_isExact_andFreedWhateverTheEnd() throws Exception {
    start("{ in_flight: 5 }", "");
    rig.first.behave(Behaviour.GOOD.withLatency(Duration.ofSeconds(2)));
    List<Future<Integer>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        asked.add(threads.submit(() -> alice().statusCode()));
      }
    }
    int served = 0;
    for (Future<Integer> each : asked) {
      served += each.get() == 200 ? 1 : 0;
      rig.record();
    }
    assertThat(served).isEqualTo(5);
    rig.first.behave(Behaviour.always(Behaviour.Kind.CUT_STREAM));
    rig.second.behave(Behaviour.always(Behaviour.Kind.RESET));
    for (int i = 0; i < 10; i++) {
      alice();
      rig.record();
    }
    rig.first.behave(Behaviour.GOOD);
    rig.settle();
    assertThat(alice().statusCode()).isEqualTo(200);
    rig.record();
  }

  @Test
  void keyOfAProvider_goesThrough_onlyWhereTheConfigSaysSo() throws Exception {
    rig =
        new Rig(
            folder,
            Rig.yaml()
                    .replace("x-one: \"1\" } }", "x-one: \"1\" }, passthrough: true }")
                    .replace("cost-optimal", "priority")
                + """
                anonymous: true
                keys: [ { id: alice, sha256: "%s" } ]
                """
                    .formatted(Callers.sha256(SECRET)));
    assertThat(chat("chat", "authorization", "Bearer sk-of-the-client").statusCode())
        .as("the first provider does not know the client's key, the second has one of its own")
        .isEqualTo(200);
    assertThat(rig.first.received().getLast().headers())
        .containsEntry("authorization", "Bearer sk-of-the-client");
    assertThat(rig.second.received().getLast().headers())
        .containsEntry("authorization", "Bearer " + Rig.SECOND_KEY);
    ExchangeRecord record = rig.record();
    assertThat(record.asked().caller().id()).isEmpty();
    assertThat(record.attempts().getFirst().outcome()).isEqualTo(Outcome.CREDENTIAL_REJECTED);
    assertThat(rig.health("cheap").breaker().failedShare(System.nanoTime()))
        .as("not the target's fault")
        .isZero();
    assertThat(
            chat("chat", "authorization", "Bearer sk-of-the-client", "x-api-key", SECRET)
                .statusCode())
        .isEqualTo(200);
    assertThat(rig.record().asked().caller().id()).isEqualTo("alice");
    assertThat(
            chat("chat", "x-api-key", "key-of-the-client", "authorization", "Bearer " + SECRET)
                .statusCode())
        .isEqualTo(200);
    assertThat(rig.first.received().getLast().headers())
        .as("in the header that it came in")
        .containsEntry("x-api-key", "key-of-the-client")
        .doesNotContainKey("authorization");
    assertThat(rig.record().asked().caller().id()).isEqualTo("alice");
    assertThat(
            Http.send(
                    Http.request(rig.url() + "/v1/messages")
                        .header("content-type", "application/json")
                        .header("x-api-key", "key-of-the-client")
                        .POST(
                            BodyPublishers.ofString(
                                "{\"model\":\"chat\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"))
                        .build())
                .statusCode())
        .isEqualTo(200);
    assertThat(rig.first.received().getLast().headers())
        .as("never to a provider of another API")
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY)
        .doesNotContainKey("x-api-key");
    rig.record();
    alice();
    assertThat(rig.first.received().getLast().headers())
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY);
    rig.record();
  }

  @Test
  void spentBudget_leavesTheCheapTargets_whereItSaysSo() throws Exception {
    start(
        "{}, budgets: [ { limit_tokens: 1, degrade_to: [cheap] } ]",
        """
        tags: { "centre=4711": { budgets: [ { limit_tokens: 40, reserve: expected } ] } }
        policies: [ { name: p, when: 'caller == "bob"', tags: { centre: "4711" } } ]
        """);
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = alice();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-drover-target")).contains("cheap");
      rig.record();
    }
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    assertThat(alice().statusCode()).as("never the dear one").isEqualTo(500);
    rig.record();
    assertThat(chat("chat", "authorization", "Bearer " + OTHER).body())
        .contains("budget_exceeded", "tag centre=4711");
    rig.record();
  }

  @Test
  void attemptThatTimedOut_isCharged_alsoWhenItWasTheLast() throws Exception {
    start("{}", "");
    rig.first.behave(Behaviour.always(Behaviour.Kind.SILENT));
    rig.second.behave(Behaviour.always(Behaviour.Kind.SILENT));
    assertThat(alice().statusCode()).isEqualTo(504);
    ExchangeRecord record = rig.record();
    assertThat(record.attempts()).hasSizeGreaterThan(1);
    assertThat(record.attempts())
        .allSatisfy(
            attempt -> {
              assertThat(attempt.outcome()).isEqualTo(Outcome.TIMEOUT);
              assertThat(attempt.usage().status()).isEqualTo(Usage.Status.ESTIMATED);
              assertThat(attempt.cost().value()).isPositive();
            });
    assertThat(record.charged().cost().value())
        .isEqualTo(record.attempts().stream().mapToLong(a -> a.cost().value()).sum());
  }

  @Test
  void budget_isA429WhenItIsSpent_andStaysSpentOverARestart() throws Exception {
    String limits = "{}, budgets: [ { limit_tokens: 400 } ]";
    start(limits, "");
    int served = 0;
    HttpResponse<String> answer = alice();
    while (answer.statusCode() == 200 && served < 100) {
      served++;
      ExchangeRecord record = rig.record();
      assertThat(record.cost().value()).isPositive();
      answer = alice();
    }
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).contains("budget_exceeded", "key alice, tokens a day in UTC");
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    assertThat(served).isPositive();
    rig.record();
    assertThat(chat("chat", "x-api-key", OTHER).statusCode()).isEqualTo(200);
    rig.record();
    String page = Http.get("http://" + rig.server.adminAddress() + "/budgets").body();
    assertThat(page).contains("\"reserved\" : 0");
    assertThat(Http.get("http://" + rig.server.adminAddress() + "/metrics").body())
        .contains("drover_budget_limit{budget=\"key alice, tokens a day in UTC\"} 400.0");
    rig.close();

    start(limits, "");
    assertThat(alice().statusCode()).isEqualTo(429);
    rig.record();
  }

  @Test
  void nearlySpentBudget_isSaidInTheAnswer() throws Exception {
    start("{}, budgets: [ { limit_tokens: 1000000, per: month, soft_at: 0 } ]", "");
    assertThat(alice().headers().firstValue("x-drover-budget"))
        .contains("key alice, tokens a month in UTC: 0 %");
    rig.record();
  }

  @Test
  void requestsInFlightAtATarget_areExact() throws Exception {
    rig =
        new Rig(
            folder,
            Rig.yaml()
                .replace(
                    "cheap: { provider: one,",
                    "cheap: { provider: one, limits: { in_flight: 2 },"));
    rig.first.behave(Behaviour.GOOD.withLatency(Duration.ofSeconds(2)));
    List<Future<String>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        asked.add(
            threads.submit(
                () -> chat("chat").headers().firstValue("x-drover-target").orElseThrow()));
      }
    }
    int cheap = 0;
    for (Future<String> each : asked) {
      cheap += each.get().equals("cheap") ? 1 : 0;
      rig.record();
    }
    assertThat(cheap).isEqualTo(2);
    assertThat(chat("chat").headers().firstValue("x-drover-target")).contains("cheap");
    rig.record();
  }

  @Test
  void quotaOfATarget_sendsTheRestElsewhere() throws Exception {
    rig =
        new Rig(
            folder,
            Rig.yaml()
                .replace(
                    "cheap: { provider: one,",
                    "cheap: { provider: one, limits: { requests_per_minute: 3 },"));
    List<String> answered = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answered.add(chat("chat").headers().firstValue("x-drover-target").orElseThrow());
      rig.record();
    }
    assertThat(answered).containsExactly("cheap", "cheap", "cheap", "dear", "dear");
    HttpResponse<String> only = chat("text-embedding-3-small");
    assertThat(only.statusCode()).isEqualTo(429);
    assertThat(only.body()).contains("cheap: over_quota");
    assertThat(only.headers().firstValue("retry-after")).isPresent();
    rig.record();
  }
}
