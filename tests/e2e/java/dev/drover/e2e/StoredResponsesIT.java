package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.admission.Callers;
import dev.drover.e2e.RecordingProvider.Answer;
import dev.drover.record.ExchangeRecord;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.TestDataPlane;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that come back to responses which a provider stores, through a data plane. */
@Tag("data-plane")
class StoredResponsesIT {
  private static final String CONFIG =
      Rig.yaml()
          .replaceAll("(?s)providers:.*", "")
          .concat(
              """
              providers:
                one: { base_url: "URL/one/v1", dialect: responses, credentials: [ { file: "FOLDER/first.key" }, { file: "FOLDER/second.key" } ] }
                two: { base_url: "URL/two/v1", dialect: responses, credentials: [ { file: "FOLDER/second.key" } ] }
              targets:
                a: { provider: one, model: up-a, price: { input: 5, output: 25 } }
                b: { provider: two, model: up-b, price: { input: 5, output: 25 } }
              models:
                gpt: { targets: [a, b], strategy: priority }
                tpg: { targets: [b, a], strategy: priority }
              keys:
                - { id: ann, sha256: "ANN", team: search }
                - { id: eve, sha256: "EVE", team: ads }
              teams: { search: {}, ads: {} }
              """)
          .replace("ANN", Callers.sha256("dk-ann"))
          .replace("EVE", Callers.sha256("dk-eve"));

  @TempDir Path folder;
  private final AtomicInteger ids = new AtomicInteger();
  private RecordingProvider provider;
  private Rig rig;

  private void start(String config, boolean fullDuplex) throws Exception {
    provider = new RecordingProvider(this::answer);
    String yaml = config.replace("URL", provider.url());
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    rig =
        fullDuplex
            ? new Rig(
                folder,
                (loaded, where) ->
                    DataPlane.envoy(
                        TestDataPlane.binary().orElseThrow(),
                        FullDuplexIT.fullDuplex(TestDataPlane.bootstrap(loaded)),
                        TestDataPlane.listen(loaded),
                        where,
                        nowhere),
                yaml)
            : new Rig(folder, yaml);
  }

  @AfterEach
  void stop() throws Exception {
    if (rig != null) {
      rig.awaitSettled();
      rig.records();
      rig.close();
      provider.close();
    }
  }

  private Answer answer(RecordingProvider.Request request) {
    if (request.method().equals("DELETE")) {
      return Answer.json(200, "{\"object\":\"response\",\"deleted\":true}");
    }
    if (request.uri().endsWith("/responses")) {
      return Answer.json(
          200,
          """
          {"id":"resp_%d","object":"response","status":"completed","model":"up","output":[],"usage":{"input_tokens":10,"output_tokens":3,"total_tokens":13}}"""
              .formatted(ids.incrementAndGet()));
    }
    return Answer.json(200, "{\"object\":\"response\",\"status\":\"completed\"}");
  }

  private HttpResponse<String> ask(String method, String path, String key, String body)
      throws Exception {
    HttpRequest.Builder request =
        Http.request(rig.url() + path).header("authorization", "Bearer dk-" + key);
    return Http.send(
        request
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build());
  }

  private HttpResponse<String> create(String model, String more) throws Exception {
    return ask(
        "POST",
        "/v1/responses",
        "ann",
        "{\"model\":\"%s\",\"input\":\"Hi\"%s}".formatted(model, more));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two filters", "one filter", "full duplex"})
  void responseIsReadCancelledAndDeleted_whereItIs(String mode) throws Exception {
    boolean duplex = mode.equals("full duplex");
    assumeTrue(!duplex || TestDataPlane.isEnvoy(), "the stand-in has no full-duplex mode");
    String filters = mode.equals("one filter") ? "envoy: { filters: one," : "envoy: {";
    start(CONFIG.replace("envoy: {", filters), duplex);
    assertThat(create("tpg", "").statusCode()).isEqualTo(200);
    String key = provider.last().headers().get("authorization");
    rig.record();
    String[][] asked = {
      {"GET", "/v1/responses/resp_1?include[]=x", "/two/v1/responses/resp_1?include[]=x"},
      {"GET", "/responses/resp_1/input_items", "/two/v1/responses/resp_1/input_items"},
      {"POST", "/v1/responses/resp_1/cancel", "/two/v1/responses/resp_1/cancel"},
      {"DELETE", "/v1/responses/resp_1", "/two/v1/responses/resp_1"},
    };
    for (String[] each : asked) {
      assertThat(ask(each[0], each[1], "eve", "").statusCode()).isEqualTo(404);
      HttpResponse<String> response = ask(each[0], each[1], "ann", "");
      assertThat(response.statusCode()).as(each[1] + response.body()).isEqualTo(200);
      RecordingProvider.Request sent = provider.last();
      assertThat(sent.method()).isEqualTo(each[0]);
      assertThat(sent.uri()).isEqualTo(each[2]);
      assertThat(sent.headers()).containsEntry("authorization", key);
      assertThat(sent.body()).isEmpty();
      rig.record();
      ExchangeRecord record = rig.record();
      assertThat(record.asked().model()).isEqualTo("tpg");
      assertThat(record.charged().tokens()).isZero();
    }
    assertThat(ask("GET", "/v1/responses/resp_1", "ann", "").statusCode()).isEqualTo(404);
    assertThat(create("gpt", ",\"previous_response_id\":\"resp_1\"").statusCode()).isEqualTo(404);
  }

  @Test
  void cancelWithABody_arrivesWithIt() throws Exception {
    start(CONFIG, false);
    create("gpt", "");
    assertThat(ask("POST", "/v1/responses/resp_1/cancel", "ann", "{}").statusCode()).isEqualTo(200);
    assertThat(provider.last().body()).isEqualTo("{}");
  }

  @Test
  void followUps_stayWithTargetAndCredential_andNeverFallBack() throws Exception {
    start(CONFIG, false);
    create("gpt", "");
    String key = provider.last().headers().get("authorization");
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> next = create("tpg", ",\"previous_response_id\":\"resp_1\"");
      assertThat(next.headers().firstValue("x-drover-target")).hasValue("a");
      assertThat(provider.last().headers()).containsEntry("authorization", key);
    }
    int before = provider.requests().size();
    provider.answer(Answer.json(503, "{\"error\":{\"message\":\"busy\"}}"));
    assertThat(create("gpt", ",\"previous_response_id\":\"resp_1\"").statusCode()).isEqualTo(503);
    assertThat(provider.requests()).hasSize(before + 1);
  }

  @Test
  void restart_losesNothing() throws Exception {
    start(CONFIG, false);
    create("tpg", "");
    rig.record();
    rig.close();
    rig = new Rig(folder, CONFIG.replace("URL", provider.url()));
    assertThat(ask("GET", "/v1/responses/resp_1", "ann", "").statusCode()).isEqualTo(200);
    assertThat(provider.last().uri()).isEqualTo("/two/v1/responses/resp_1");
  }
}
