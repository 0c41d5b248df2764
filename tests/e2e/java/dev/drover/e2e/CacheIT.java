package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Callers;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.json.Yaml;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache, as clients meet it. */
@Tag("data-plane")
class CacheIT {
  private static final ClientApi DIALECT = Dialects.usual();
  private static final String ALICE = "sk-drover-alice";
  private static final String ANN = "sk-drover-ann";
  private static final String BOB = "sk-drover-bob";

  @TempDir private Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig =
        new Rig(
            folder,
            Rig.yaml()
                    .replace("model: cheap-1,", "model: cheap-1, quality: low,")
                    .replace("aliases: [gpt-4o] }", "aliases: [gpt-4o], cache: { ttl: 2s } }")
                    .replace("targets: [cheap] }", "targets: [cheap], cache: { shared: true } }")
                + """
                teams: { search: { budgets: [ { limit_usd: 5 } ] }, sales: {} }
                keys:
                  - { id: alice, sha256: "%s", team: search }
                  - { id: ann, sha256: "%s", team: search }
                  - { id: bob, sha256: "%s", team: sales }
                policies:
                  - { name: no-cache, when: '"x-private" in headers', cache: false }
                """
                    .formatted(Callers.sha256(ALICE), Callers.sha256(ANN), Callers.sha256(BOB)));
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private static String body(String content, String more) {
    return "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
        .formatted(content, more);
  }

  private HttpResponse<String> ask(String key, String body, String... headers) throws Exception {
    return post(Http.CHAT, key, body, headers);
  }

  private HttpResponse<String> post(String path, String key, String body, String... headers)
      throws Exception {
    var request =
        Http.request(rig.url() + path)
            .header("content-type", "application/json")
            .header("authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body));
    return Http.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private static String cache(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-drover-cache").orElse("");
  }

  private String result(String key, String body, String... headers) throws Exception {
    HttpResponse<String> answer = ask(key, body, headers);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(rig.record().cached().result()).isEqualTo(cache(answer));
    return cache(answer);
  }

  @Test
  void sameMeaning_isAnsweredOnce_atNoCost() throws Exception {
    HttpResponse<String> first = ask(ALICE, body("hi", ",\"temperature\":0"));
    ExchangeRecord miss = rig.record();
    HttpResponse<String> second =
        ask(ANN, "{ \"temperature\":0.0e0, \"messages\": [], \"model\":\"gpt-4o\" }");
    assertThat(cache(second)).as("another request").isEqualTo("miss");
    rig.record();
    int asked = rig.first.received().size();
    HttpResponse<String> again =
        ask(ANN, body("hi", ", \"user\":\"u-1\" , \"temperature\": 0").replace("chat", "gpt-4o"));
    ExchangeRecord hit = rig.record();
    assertThat(cache(first)).isEqualTo("miss");
    assertThat(cache(again)).isEqualTo("hit");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("x-drover-target")).contains("cheap");
    assertThat(again.headers().firstValue("content-type")).contains("application/json");
    assertThat(rig.first.received()).hasSize(asked);
    assertThat(hit.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(hit.attempts()).isEmpty();
    assertThat(hit.charged()).isEqualTo(ExchangeRecord.Charge.NOTHING);
    assertThat(hit.cached().saved()).isEqualTo(miss.cost());
    String metrics = Http.get("http://" + rig.server.adminAddress() + "/metrics").body();
    assertThat(metrics).contains("drover_cache_requests_total{model=\"chat\",result=\"hit\"} 1.0");
  }

  @Test
  void teamsPoliciesAndWishes_areKept() throws Exception {
    String body = body("hi", ",\"temperature\":0");
    assertThat(result(ALICE, body)).isEqualTo("miss");
    assertThat(result(BOB, body)).as("another team").isEqualTo("miss");
    assertThat(result(BOB, body)).isEqualTo("hit");
    assertThat(result(ALICE, body, "x-private", "1")).as("policy").isEqualTo("bypass");
    assertThat(result(ALICE, body, "x-drover-cache", "bypass")).isEqualTo("bypass");
    assertThat(result(ALICE, body, "x-drover-cache", "refresh")).isEqualTo("miss");
    assertThat(result(ALICE, body("warm", ",\"temperature\":0.7"))).isEqualTo("bypass");
    assertThat(result(ALICE, body("none", ""))).isEqualTo("bypass");
    assertThat(result(ALICE, body("none", ""), "x-drover-cache", "on")).isEqualTo("miss");
    assertThat(result(ALICE, body("none", ""), "x-drover-cache", "on")).isEqualTo("hit");
    assertThat(ask(ALICE, body, "x-drover-cache", "never").statusCode()).isEqualTo(400);
    rig.record();
    Thread.sleep(2_100);
    assertThat(result(BOB, body)).as("its time is over").isEqualTo("miss");
  }

  @Test
  void answerOfATargetThatWouldNotBeAsked_isNotGiven() throws Exception {
    String body = body("hi", ",\"temperature\":0");
    assertThat(result(ALICE, body)).isEqualTo("miss");
    assertThat(result(ALICE, body)).isEqualTo("hit");
    HttpResponse<String> legal = ask(ALICE, body, "x-drover-task", "legal");
    assertThat(cache(legal)).as("cheap is not good enough").isEqualTo("miss");
    assertThat(legal.headers().firstValue("x-drover-target")).contains("dear");
    rig.record();
  }

  @Test
  void embeddings_areShared_whereTheConfigSaysSo() throws Exception {
    String body = "{\"model\":\"text-embedding-3-small\",\"input\":\"hi\"}";
    assertThat(cache(post("/v1/embeddings", ALICE, body))).isEqualTo("miss");
    assertThat(cache(post("/v1/embeddings", BOB, body))).isEqualTo("hit");
    rig.record();
    rig.record();
  }

  @Test
  void partsAndErrors_areNeverKept() throws Exception {
    String body = body("hi", ",\"temperature\":0,\"stream\":true");
    rig.first.behave(
        Behaviour.always(Behaviour.Kind.CUT_STREAM).withStream(5, Duration.ofMillis(30)));
    try {
      ask(ALICE, body);
    } catch (IOException _) {
      // cut, as it should be
    }
    assertThat(rig.record().ending()).isEqualTo(Ending.CUT);
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    rig.second.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    assertThat(ask(ALICE, body).statusCode()).isEqualTo(500);
    rig.record();
    rig.first.behave(Behaviour.GOOD.withoutUsage());
    rig.second.behave(Behaviour.GOOD.withoutUsage());
    assertThat(cache(ask(ALICE, body))).isEqualTo("miss");
    rig.record();
    rig.first.behave(Behaviour.GOOD);
    rig.second.behave(Behaviour.GOOD);
    assertThat(cache(ask(ALICE, body))).as("whose end nobody vouches for").isEqualTo("miss");
    rig.record();
    assertThat(cache(ask(ALICE, body))).isEqualTo("hit");
    rig.record();
  }

  @Test
  void streamsAndDocuments_areReplayedAsEither() throws Exception {
    String json = ",\"temperature\":0";
    String stream = json + ",\"stream\":true";
    String withUsage = stream + ",\"stream_options\":{\"include_usage\":true}";
    HttpResponse<String> streamed = ask(ALICE, body("s", withUsage));
    rig.record();
    HttpResponse<String> same = ask(ALICE, body("s", withUsage));
    HttpResponse<String> without = ask(ALICE, body("s", stream));
    HttpResponse<String> document = ask(ALICE, body("s", json));
    assertThat(List.of(cache(same), cache(without), cache(document))).containsOnly("hit");
    assertThat(same.body()).isEqualTo(streamed.body());
    assertThat(without.body()).doesNotContain("usage").endsWith("data: [DONE]\n\n");
    Map<String, Object> whole = Yaml.readJson(document.body());
    assertThat(whole)
        .isEqualTo(Yaml.readJson(DIALECT.document(Bytes.utf8(streamed.body())).text()))
        .containsEntry("object", "chat.completion");
    assertThat(document.body()).contains("word word word word word ");

    HttpResponse<String> asked = ask(ALICE, body("d", json));
    HttpResponse<String> replayed = ask(ALICE, body("d", withUsage));
    assertThat(cache(replayed)).isEqualTo("hit");
    assertThat(replayed.headers().firstValue("content-type")).contains("text/event-stream");
    assertThat(Yaml.readJson(DIALECT.document(Bytes.utf8(replayed.body())).text()).get("usage"))
        .isEqualTo(Yaml.readJson(asked.body()).get("usage"));
    assertThat(rig.records()).hasSize(5);
  }
}
