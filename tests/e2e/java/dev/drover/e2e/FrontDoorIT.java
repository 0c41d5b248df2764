package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.e2e.RecordingProvider.Answer;
import dev.drover.record.ExchangeRecord;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The doors that clients of each API come in by, with providers of each API behind them. */
@Tag("data-plane")
class FrontDoorIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> APIS = List.of("openai", "anthropic", "responses", "gemini");

  private static final String CONFIG =
      Rig.yaml()
          .replaceAll("(?s)providers:.*", "")
          .concat(
              """
              providers:
                openai: { base_url: "URL/openai/v1", credentials: [ { file: "FOLDER/first.key" } ] }
                anthropic: { base_url: "URL", dialect: anthropic, credentials: [ { file: "FOLDER/first.key" } ] }
                responses: { base_url: "URL/responses/v1", dialect: responses, credentials: [ { file: "FOLDER/first.key" } ] }
                gemini: { base_url: "URL", dialect: gemini, credentials: [ { file: "FOLDER/first.key" } ] }
                vertex: { base_url: "URL/v1/publishers/anthropic", dialect: vertex-anthropic, credentials: [ { file: "FOLDER/first.key" } ] }
                invoke: { base_url: "URL", dialect: bedrock-anthropic, credentials: [ { file: "FOLDER/first.key" } ] }
                both:
                  base_url: "URL/both/v1"
                  dialect: [openai, anthropic]
                  paths: { anthropic: /both/anthropic/v1 }
                  api_version: "2026-01-01"
              targets:
                t-openai: { provider: openai, model: up-openai, price: { input: 5, output: 25 } }
                t-anthropic:
                  provider: anthropic
                  model: up-anthropic
                  context_window: 200000
                  price: { input: 5, output: 25, cached_input: 0.5, cache_write: 6.25, cache_write_1h: 10 }
                t-responses: { provider: responses, model: up-responses, price: { input: 5, output: 25 } }
                t-gemini: { provider: gemini, model: up-gemini, price: { input: 5, output: 25 } }
                t-vertex: { provider: vertex, model: claude-v, price: { input: 5, output: 25 } }
                t-invoke: { provider: invoke, model: "us.anthropic.claude-v1:0", price: { input: 5, output: 25 } }
                t-both: { provider: both, model: up-both, price: { input: 5, output: 25 } }
              models:
                openai: { targets: [t-openai] }
                anthropic: { targets: [t-anthropic], aliases: ["claude-*"] }
                responses: { targets: [t-responses] }
                gemini: { targets: [t-gemini] }
                vertex: { targets: [t-vertex] }
                invoke: { targets: [t-invoke] }
                both: { targets: [t-both] }
                strict: { targets: [t-openai], translation: { strict: true } }
                mixed: { targets: [t-anthropic, t-openai, t-responses], strategy: priority }
              """);

  @TempDir Path folder;
  private RecordingProvider provider;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    provider = new RecordingProvider(request -> good(request.uri()));
    rig = new Rig(folder, CONFIG.replace("URL", provider.url()));
  }

  @AfterEach
  void stop() throws Exception {
    rig.awaitSettled();
    rig.records();
    rig.close();
    provider.close();
  }

  /** Returns a provider's answer in the API of the path that it is asked by. */
  private static Answer good(String uri) {
    if (uri.contains("count_tokens")) {
      return Answer.json(200, "{\"input_tokens\":17}");
    }
    if (uri.contains("/messages")) {
      return Answer.json(
          200,
          """
          {"id":"msg_1","type":"message","role":"assistant","model":"up","content":[{"type":"text","text":"Hello."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":3}}""");
    }
    if (uri.contains("/responses")) {
      return Answer.json(
          200,
          """
          {"id":"resp_1","object":"response","status":"completed","model":"up","output":[{"type":"message","id":"m","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello.","annotations":[]}]}],"usage":{"input_tokens":10,"output_tokens":3,"total_tokens":13}}""");
    }
    if (uri.contains(":generateContent")) {
      return Answer.json(
          200,
          """
          {"candidates":[{"content":{"parts":[{"text":"Hello."}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"totalTokenCount":13},"modelVersion":"up","responseId":"r"}""");
    }
    return Answer.json(
        200,
        """
        {"id":"c","object":"chat.completion","created":1,"model":"up","choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}}""");
  }

  private static String path(String api, String model) {
    return switch (api) {
      case "gemini" -> "/v1beta/models/" + model + ":generateContent";
      case "anthropic" -> "/v1/messages";
      case "responses" -> "/v1/responses";
      default -> "/v1/chat/completions";
    };
  }

  private static String request(String api, String model) {
    return switch (api) {
      case "gemini" ->
          """
          {"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""";
      case "anthropic" ->
          """
          {"model":"%s","max_tokens":100,"system":"Be kind.","messages":[{"role":"user","content":"Hello"}]}"""
              .formatted(model);
      case "responses" ->
          "{\"model\":\"%s\",\"instructions\":\"Be kind.\",\"input\":\"Hello\"}".formatted(model);
      default ->
          """
          {"model":"%s","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hello"}]}"""
              .formatted(model);
    };
  }

  private HttpResponse<String> ask(String api, String model) throws Exception {
    return Http.post(rig.url() + path(api, model), request(api, model));
  }

  /** The words of a response in its API. */
  private static String words(String api, String body) throws Exception {
    JsonNode json = JSON.readTree(body);
    return switch (api) {
      case "anthropic" -> json.at("/content/0/text").asText();
      case "responses" -> json.at("/output/0/content/0/text").asText();
      case "gemini" -> json.at("/candidates/0/content/parts/0/text").asText();
      default -> json.at("/choices/0/message/content").asText();
    };
  }

  private static String error(String api, String body) throws Exception {
    JsonNode json = JSON.readTree(body);
    assertThat(api.equals("anthropic"))
        .as(body)
        .isEqualTo(json.path("type").asText().equals("error"));
    return json.at("/error/message").asText();
  }

  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    APIS.forEach(client -> APIS.forEach(to -> pairs.add(Arguments.of(client, to))));
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairs")
  void clientOfEachApi_isServedByAProviderOfEach(String client, String to) throws Exception {
    HttpResponse<String> response = ask(client, to);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(words(client, response.body())).isEqualTo("Hello.");
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(provider.last().uri()).endsWith(path(to, "up-" + to));
    if (!to.equals("gemini")) {
      assertThat(JSON.readTree(provider.last().body()).path("model").asText())
          .isEqualTo("up-" + to);
    }
    ExchangeRecord record = rig.record();
    assertThat(record.usage().input()).isEqualTo(10);
    assertThat(record.usage().output()).isEqualTo(3);
    assertThat(record.cost().value()).isEqualTo(10 * 5_000 + 3 * 25_000);
  }

  /** Headers and queries of one API's clients stay away from providers of another. */
  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairs")
  void headersAndQueryOfAnApi_getToProvidersOfThatApiOnly(String client, String to)
      throws Exception {
    Map<String, String> said =
        Map.of(
            "anthropic-version", "2023-06-01",
            "anthropic-beta", "b-1",
            "x-claude-code-session-id", "s-1",
            "openai-beta", "o-1",
            "x-codex-window-id", "w-1",
            "x-stainless-lang", "js",
            "user-agent", "agent/1",
            "x-api-key", "sk-client",
            "cookie", "c=1",
            "x-goog-api-key", "client-goog");
    HttpRequest.Builder request =
        Http.request(rig.url() + path(client, to) + "?beta=true&key=secret")
            .header("content-type", "application/json")
            .header("authorization", "Bearer sk-of-the-client")
            .POST(BodyPublishers.ofString(request(client, to)));
    said.forEach(request::header);
    assertThat(Http.send(request.build()).statusCode()).isEqualTo(200);
    RecordingProvider.Request sent = provider.last();
    boolean same = client.equals(to);
    assertThat(sent.uri()).doesNotContain("secret");
    assertThat(sent.uri().contains("beta=true")).isEqualTo(same);
    assertThat(sent.headers()).doesNotContainKeys("cookie");
    assertThat(sent.headers().containsKey("x-goog-api-key")).isEqualTo(to.equals("gemini"));
    assertThat(sent.headers().toString()).doesNotContain("client-goog");
    assertThat(sent.headers().toString()).doesNotContain("sk-client", "sk-of-the-client");
    if (!same) {
      assertThat(sent.headers())
          .doesNotContainKeys(
              "anthropic-beta",
              "x-claude-code-session-id",
              "openai-beta",
              "x-codex-window-id",
              "x-stainless-lang",
              "user-agent");
    } else if (client.equals("anthropic")) {
      assertThat(sent.headers()).containsEntry("anthropic-beta", "b-1");
    }
    assertThat(sent.headers().containsKey("anthropic-version")).isEqualTo(to.equals("anthropic"));
    assertThat(sent.headers().containsKey("x-api-key")).isEqualTo(to.equals("anthropic"));
    assertThat(sent.headers().containsKey("authorization"))
        .isEqualTo(List.of("openai", "responses").contains(to));
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairs")
  void errorOfAProvider_isToldInTheClientsWords(String client, String to) throws Exception {
    String error =
        to.equals("anthropic")
            ? "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"temperature: no\"}}"
            : "{\"error\":{\"message\":\"temperature: no\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"bad\"}}";
    provider.answer(Answer.json(400, error));
    HttpResponse<String> response = ask(client, to);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(client, response.body())).isEqualTo("temperature: no");
    if (client.equals(to)) {
      assertThat(response.body()).isEqualTo(error);
    }
    provider.answer(new Answer(502, "text/html", "<html><b>Bad</b> gateway</html>"));
    HttpResponse<String> html = ask(client, to);
    assertThat(html.statusCode()).isEqualTo(502);
    assertThat(error(client, html.body())).isEqualTo("Bad gateway");
    provider.answer(Answer.json(529, error));
    assertThat(ask(client, to).statusCode())
        .isEqualTo(client.equals(to) || client.equals("anthropic") ? 529 : 503);
  }

  @ParameterizedTest
  @CsvSource({"openai", "anthropic", "responses", "gemini"})
  void fallback_goesFromOneApiToTheNext(String client) throws Exception {
    List<String> tried = new ArrayList<>();
    try (RecordingProvider other =
        new RecordingProvider(
            request -> {
              tried.add(request.uri());
              return request.uri().contains("/responses/v1")
                  ? good(request.uri())
                  : Answer.json(503, "{}");
            })) {
      Path own = Files.createDirectory(folder.resolve("own"));
      Rig mixed = new Rig(own, CONFIG.replace("URL", other.url()));
      try {
        HttpResponse<String> response =
            Http.post(mixed.url() + path(client, "mixed"), request(client, "mixed"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(words(client, response.body())).isEqualTo("Hello.");
        assertThat(response.headers().firstValue("x-drover-target")).hasValue("t-responses");
        assertThat(tried).hasSize(3);
        assertThat(other.requests().get(1).headers()).doesNotContainKey("anthropic-version");
        assertThat(other.requests().get(1).headers()).doesNotContainKey("x-api-key");
        assertThat(JSON.readTree(other.requests().get(2).body()).has("input")).isTrue();
        mixed.record();
      } finally {
        mixed.close();
      }
    }
  }

  @Test
  void providerOfSeveralApis_isAskedInTheClientsOwn() throws Exception {
    ask("anthropic", "both");
    assertThat(provider.last().uri())
        .isEqualTo("/both/anthropic/v1/messages?api-version=2026-01-01");
    ask("openai", "both");
    assertThat(provider.last().uri()).isEqualTo("/both/v1/chat/completions?api-version=2026-01-01");
    ask("responses", "both");
    assertThat(provider.last().uri()).isEqualTo("/both/v1/chat/completions?api-version=2026-01-01");
  }

  @Test
  void fieldThatChangesTheResult_isRefusedByName() throws Exception {
    String body =
        "{\"model\":\"anthropic\",\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error("openai", response.body())).contains("not_translatable", ": n");
    String dropped =
        """
        {"model":"MODEL","max_tokens":9,"top_k":3,"messages":[{"role":"user","content":"x"}]}""";
    HttpResponse<String> without =
        Http.post(rig.url() + "/v1/messages", dropped.replace("MODEL", "openai"));
    assertThat(without.statusCode()).isEqualTo(200);
    assertThat(without.headers().firstValue("x-drover-dropped")).hasValue("top_k");
    String exchange = without.headers().firstValue("x-drover-exchange").orElseThrow();
    ExchangeRecord record = rig.record();
    while (!record.id().equals(exchange)) {
      record = rig.record();
    }
    assertThat(record.droppedFields()).isEqualTo(1);
    HttpResponse<String> strict =
        Http.post(rig.url() + "/v1/messages", dropped.replace("MODEL", "strict"));
    assertThat(strict.statusCode()).isEqualTo(400);
    assertThat(error("anthropic", strict.body())).contains("not_translatable", "top_k");
  }

  /** Clouds that host Anthropic's models take its requests with the model in the path. */
  @Test
  void hostedModels_areAskedByThePathsOfTheirClouds() throws Exception {
    provider.answer(good("/messages"));
    String body =
        "{ \"model\" : \"MODEL\",\"stream\":false, \"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    HttpResponse<String> vertex =
        Http.post(rig.url() + "/v1/messages", body.replace("MODEL", "vertex"));
    assertThat(words("anthropic", vertex.body())).isEqualTo("Hello.");
    assertThat(provider.last().uri())
        .isEqualTo("/v1/publishers/anthropic/models/claude-v:rawPredict");
    assertThat(provider.last().body())
        .isEqualTo(
            "{\"anthropic_version\":\"vertex-2023-10-16\",\"stream\":false, \"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    HttpResponse<String> invoke =
        Http.post(rig.url() + "/v1/messages", body.replace("MODEL", "invoke"));
    assertThat(words("anthropic", invoke.body())).isEqualTo("Hello.");
    assertThat(provider.last().uri()).isEqualTo("/model/us.anthropic.claude-v1%3A0/invoke");
    assertThat(provider.last().body())
        .isEqualTo(
            "{\"anthropic_version\":\"bedrock-2023-05-31\", \"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    HttpResponse<String> chat = ask("openai", "vertex");
    assertThat(words("openai", chat.body())).isEqualTo("Hello.");
    assertThat(JSON.readTree(provider.last().body()).has("model")).isFalse();
    HttpResponse<String> counted =
        Http.post(rig.url() + "/v1/messages/count_tokens", body.replace("MODEL", "invoke"));
    assertThat(counted.headers().firstValue("x-drover-estimated")).hasValue("true");
  }

  /** Cursor sends the form of one of OpenAI's APIs to the path of the other. */
  @ParameterizedTest
  @CsvSource({"openai", "anthropic", "responses", "gemini"})
  void requestOfResponses_onThePathOfChats_isAnsweredAsAChat(String to) throws Exception {
    String body =
        """
        {"model":"%s","instructions":"Be kind.","input":[{"role":"user","content":"Hello"}],"max_output_tokens":50,
         "tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}]}"""
            .formatted(to);
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(words("openai", response.body())).isEqualTo("Hello.");
    assertThat(provider.last().uri()).endsWith(path(to, "up-" + to));
    assertThat(provider.last().body()).contains("Be kind.").contains("\"f\"").contains("50");
    assertThat(rig.record().usage().output()).isEqualTo(3);
  }

  @Test
  void modelList_hasTheShapeOfWhoAsks() throws Exception {
    JsonNode openai = JSON.readTree(Http.get(rig.url() + "/v1/models?limit=1000").body());
    assertThat(openai.path("object").asText()).isEqualTo("list");
    HttpResponse<String> response =
        Http.send(
            Http.request(rig.url() + "/v1/models")
                .header("anthropic-version", "2023-06-01")
                .build());
    JsonNode anthropic = JSON.readTree(response.body());
    assertThat(anthropic.path("has_more").isBoolean()).isTrue();
    List<String> ids = anthropic.path("data").findValuesAsText("id");
    assertThat(ids).contains("anthropic", "mixed").noneMatch(id -> id.contains("*"));
    assertThat(openai.path("data").findValuesAsText("id")).isEqualTo(ids);
    JsonNode model = JSON.readTree(Http.get(rig.url() + "/v1/models/anthropic").body());
    assertThat(model.path("id").asText()).isEqualTo("anthropic");
    assertThat(model.path("context_window").asInt()).isEqualTo(200_000);
    assertThat(Http.get(rig.url() + "/v1/models/nobody").statusCode()).isEqualTo(404);
  }

  @Test
  void aliasWithAnAsterisk_standsForAllNamesWithThatBeginning() throws Exception {
    assertThat(ask("anthropic", "claude-sonnet-9").statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(provider.last().body()).path("model").asText())
        .isEqualTo("up-anthropic");
    assertThat(ask("anthropic", "sonnet-9").statusCode()).isEqualTo(404);
  }

  @Test
  void tokens_areCountedByTheProviderWhereItCan_elseEstimated_forNothing() throws Exception {
    String body = request("anthropic", "anthropic");
    HttpResponse<String> counted = Http.post(rig.url() + "/v1/messages/count_tokens", body);
    assertThat(counted.body()).isEqualTo("{\"input_tokens\":17}");
    assertThat(rig.record().cost().value()).isZero();
    HttpResponse<String> estimated =
        Http.post(rig.url() + "/v1/messages/count_tokens", request("anthropic", "openai"));
    assertThat(estimated.headers().firstValue("x-drover-estimated")).hasValue("true");
    assertThat(JSON.readTree(estimated.body()).path("input_tokens").asLong()).isBetween(5L, 60L);
    assertThat(rig.record().cost().value()).isZero();
    HttpResponse<String> responses =
        Http.post(rig.url() + "/v1/responses/input_tokens", request("responses", "openai"));
    assertThat(JSON.readTree(responses.body()).path("object").asText())
        .isEqualTo("response.input_tokens");
  }

  @Test
  void basesWithoutVersion_probesAndUpgrades_areAnsweredAtOnce() throws Exception {
    HttpResponse<String> bare = Http.post(rig.url() + "/messages", request("anthropic", "openai"));
    assertThat(bare.statusCode()).as(bare.body()).isEqualTo(200);
    HttpResponse<String> head =
        Http.send(Http.request(rig.url() + "/").method("HEAD", BodyPublishers.noBody()).build());
    assertThat(head.statusCode()).isEqualTo(200);
    HttpResponse<String> other = Http.get(rig.url() + "/v1/nothing");
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(other.body()).contains("/v1/messages");
    String upgrade = RawGet.upgrade(rig.dataPlane.address().toString(), "/v1/responses");
    assertThat(upgrade).startsWith("HTTP/1.1 426");
  }

  /** 6 tokens as they are, 159,217 into a cache of 5 minutes or of 1 hour, 2,745 generated. */
  @ParameterizedTest
  @CsvSource({"ephemeral_5m_input_tokens,1063761250", "ephemeral_1h_input_tokens,1660825000"})
  void cacheWrites_costWhatTheirLifeCosts(String life, long nanoDollars) throws Exception {
    provider.answer(
        Answer.stream(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"up","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":6,"cache_creation_input_tokens":159217,"cache_read_input_tokens":0,"cache_creation":{"%s":159217},"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Yes."}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2745}}

            event: message_stop
            data: {"type":"message_stop"}

            """
                .formatted(life)));
    String body =
        request("anthropic", "anthropic").replace("{\"model\"", "{\"stream\":true,\"model\"");
    HttpResponse<String> response = Http.post(rig.url() + "/v1/messages", body);
    assertThat(response.body()).endsWith("data: {\"type\":\"message_stop\"}\n\n");
    assertThat(rig.record().cost().value()).isEqualTo(nanoDollars);
  }
}
