package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds each dialect to what the interfaces promise. */
class DialectContractTest {
  static Stream<ClientApi> clients() {
    return Dialects.clients().stream();
  }

  static Stream<ProviderApi> providers() {
    return Dialects.all().stream().map(Dialect::provider);
  }

  private static ProviderApi provider(String name) {
    return Dialects.named(name).orElseThrow().provider();
  }

  @ParameterizedTest
  @MethodSource("clients")
  void parse_neverThrows_onDamagedRequests(ClientApi client) {
    byte[] whole = Bytes.utf8(Conversations.of(client.name())).toArray();
    Random random = new Random(7);
    Operation operation =
        client.operations().stream()
            .filter(each -> each.kind() == Operation.Kind.CHAT)
            .findFirst()
            .orElseThrow();
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = whole.clone();
      int cut = random.nextInt(bytes.length) + 1;
      for (int j = 0; j < random.nextInt(4); j++) {
        bytes[random.nextInt(cut)] = (byte) "{}[]\",:x0 ".charAt(random.nextInt(10));
      }
      Bytes body = new Bytes(bytes, 0, random.nextBoolean() ? cut : bytes.length);
      Map<String, String> variables = Map.of("model", "m");
      if (client.parse(operation, variables, body) instanceof ParseResult.Read(var facts)) {
        assertThat(facts.model()).isNotEmpty();
        HubRequest hub = new HubRequest(client, facts, body);
        providers()
            .forEach(
                each ->
                    assertThat(hub.written(each, new TargetModel("m", 9, true, Set.of()), ""))
                        .isNotNull());
      }
    }
  }

  /** A provider of the client's own API gets every byte but those of the model's name. */
  @ParameterizedTest
  @MethodSource("clients")
  void fit_changesNothingButTheModel(ClientApi client) {
    String body = Conversations.of(client.name()).replace("\"model\":\"x\"", "\"model\" : \"x\"");
    Bytes bytes = Bytes.utf8(body);
    RequestFacts facts = Conversations.facts(client.name(), bytes);
    UpstreamRequest request =
        Translation.same(client)
            .request(
                facts,
                bytes,
                HubRequest.NONE,
                "?beta=true",
                "/base",
                new TargetModel("other/model:1", 9, true, Set.of()),
                false);
    assertThat(Bytes.join(request.body().parts(bytes)).text())
        .isEqualTo(body.replace("\"model\" : \"x\"", "\"model\" : \"other/model:1\""));
    assertThat(request.path()).startsWith("/base/").endsWith("?beta=true");
    assertThat(facts.stream()).isTrue();
    assertThat(facts.maxOutputTokens()).isEqualTo(2000);
    assertThat(facts.needs()).contains(Capability.TOOLS, Capability.VISION, Capability.STREAMING);
    assertThat(facts.promptBytes()).isBetween(300, 2000);
    assertThat(facts.prompt().instructions()).isNotEmpty();
    assertThat(facts.prompt().lastUser()).isNotEmpty();
    assertThat(facts.mediaTokens()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("clients")
  void errorsModelsAndLimits_areOfTheApi(ClientApi client) {
    for (int status : List.of(400, 401, 402, 403, 404, 413, 429, 500, 503, 504, 529)) {
      Json error = Json.parse(client.error(status, "some_code", "No \"way\".", "field"));
      assertThat(error.get("error").text("message")).isEqualTo("No \"way\".");
      assertThat(client.status(status)).isBetween(400, 599);
    }
    ModelInfo model = new ModelInfo("m/1", 1000, true);
    assertThat(Json.parse(client.model(model)).toString()).contains("m/1").contains("1000");
    assertThat(Json.parse(client.modelList(List.of(model))).toString()).contains("m/1");
    assertThat(Json.parse(client.modelList(List.of())).isObject()).isTrue();
    assertThat(Json.parse(client.tokenCount(17)).toString()).contains("17");
    List<RateLimit> limits = List.of(new RateLimit("requests", 60, 59, 1));
    assertThat(client.limitHeaders(limits, Instant.EPOCH).values()).contains("60", "59");
    assertThat(client.credentialHeaders()).contains("authorization");
    assertThat(client.fieldsWithoutEffect()).isNotEmpty();
    assertThat(client.operation("POST", "/v1/nothing")).isNull();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void probes_areRequestsOfTheApi(ProviderApi api) {
    UpstreamRequest one = api.oneToken("/base", "m");
    Json body = Json.parse(Bytes.join(one.body().parts(Bytes.EMPTY)));
    assertThat(body.isObject()).isTrue();
    assertThat(one.path()).startsWith("/base/");
    assertThat(api.listModels("/base").method()).isEqualTo("GET");
    assertThat(api.backoffNanos(name -> "", InstantSource.system())).isNegative();
    assertThat(
            api.backoffNanos(name -> name.equals("retry-after") ? "2" : "", InstantSource.system()))
        .isEqualTo(2_000_000_000L);
    assertThat(api.chatReader(new ResponseHead(500, "", "")).facts(true))
        .isEqualTo(ResponseFacts.NONE);
    assertThat(api.chatReader(new ResponseHead(200, "", "br")).facts(true).outputBytes())
        .isNegative();
    try (ResponseReader zipped =
        api.chatReader(new ResponseHead(200, "application/json", "gzip"))) {
      assertThat(zipped.facts(true).usage()).isNull();
    }
  }

  private static final String ANTHROPIC =
      """
      {"id":"m1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"redacted_thinking","data":"ZZ"},{"type":"text","text":"Hi."},{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}],"stop_reason":"%s","stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":3,"output_tokens":7}}""";

  private static final String GEMINI =
      """
      {"candidates":[{"content":{"role":"model","parts":[{"text":"Hi."},{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2ln"}]},"finishReason":"%s"}],"usageMetadata":{"promptTokenCount":8,"cachedContentTokenCount":3,"candidatesTokenCount":7,"totalTokenCount":15}}""";

  private static final String BEDROCK =
      """
      {"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"c2ln"}}},{"text":"Hi."},{"toolUse":{"toolUseId":"t1","name":"f","input":{"a":1}}}]}},"stopReason":"%s","usage":{"inputTokens":5,"cacheReadInputTokens":3,"outputTokens":7,"totalTokens":15}}""";

  private static final String RESPONSES =
      """
      {"id":"r1","object":"response","status":"%s","incomplete_details":{"reason":"max_output_tokens"},"model":"m","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi."},{"type":"refusal","refusal":""}]},{"type":"function_call","call_id":"t1","name":"f","arguments":"{\\"a\\":1}"}],"usage":{"input_tokens":8,"input_tokens_details":{"cached_tokens":3},"output_tokens":7,"total_tokens":15}}""";

  private static final String OPENAI =
      """
      {"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"text","text":"Hi."}],"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]},"finish_reason":"%s"}],"usage":{"prompt_tokens":8,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens":7,"total_tokens":15}}""";

  private static String document(String api) {
    return switch (api) {
      case "anthropic" -> ANTHROPIC;
      case "gemini" -> GEMINI;
      case "bedrock" -> BEDROCK;
      case "responses" -> RESPONSES;
      default -> OPENAI;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic,tool_use,TOOL_CALLS",
    "anthropic,max_tokens,LENGTH",
    "anthropic,refusal,FILTERED",
    "anthropic,pause_turn,PAUSE",
    "anthropic,stop_sequence,TOOL_CALLS",
    "anthropic,new,TOOL_CALLS",
    "gemini,STOP,TOOL_CALLS",
    "gemini,MAX_TOKENS,LENGTH",
    "gemini,SAFETY,FILTERED",
    "bedrock,tool_use,TOOL_CALLS",
    "bedrock,max_tokens,LENGTH",
    "bedrock,guardrail_intervened,FILTERED",
    "bedrock,end_turn,TOOL_CALLS",
    "responses,completed,TOOL_CALLS",
    "responses,incomplete,LENGTH",
    "openai,stop,TOOL_CALLS",
    "openai,length,LENGTH",
    "openai,content_filter,FILTERED",
    "openai,function_call,TOOL_CALLS"
  })
  void documents_sayWhyTheyEnd_andWhatTheyCost(String api, String reason, String stop) {
    RecordingSink sink = new RecordingSink();
    RecordingSink.read(provider(api), document(api).formatted(reason), sink);
    assertThat(sink.told()).contains("TEXT Hi.").last().isEqualTo("finished " + stop + " 8 3 7");
    assertThat(String.join("\n", sink.told())).containsPattern("TOOL_CALL \\S+ f \\{\"a\":1}");
  }

  /** Errors of a provider under a good status are errors in each client's words. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "anthropic|{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy\"}}",
        "openai|{\"error\":\"Busy\"}",
        "openai|{\"error\":{\"message\":\"Busy\",\"code\":5}}",
        "responses|{\"error\":{\"message\":\"Busy\"}}",
        "responses|{\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Busy\"},\"output\":[]}",
        "gemini|{\"error\":{\"code\":503,\"message\":\"Busy\",\"status\":\"UNAVAILABLE\"}}"
      })
  void errorUnderAGoodStatus_isTold(String api, String body) {
    for (ClientApi client : Dialects.clients()) {
      for (boolean stream : new boolean[] {true, false}) {
        String out = translated(client, provider(api), stream, body);
        assertThat(out).as(client.name()).contains("Busy").doesNotContain("[DONE]");
      }
    }
    assertThat(provider(api).error(500, Json.parse(Bytes.utf8(body))).message()).isEqualTo("Busy");
    Json none = Json.MISSING;
    assertThat(provider(api).error(500, none).message()).isEmpty();
  }

  private static String translated(
      ClientApi client, ProviderApi api, boolean stream, String response) {
    ResponseContext context = new ResponseContext(stream, true, "x1", 1, 1, ToolNames.NONE, "");
    try (TranslatedResponse reader =
        new TranslatedResponse(client, api, context, new ResponseHead(200, "", ""))) {
      return reader.read(Bytes.utf8(response), true).text();
    }
  }

  @Test
  void noJsonAtAll_isAnErrorToo() {
    for (ClientApi client : Dialects.clients()) {
      for (ProviderApi api : providers().toList()) {
        assertThat(translated(client, api, false, "<html>")).contains("could not be read");
        assertThat(translated(client, api, false, "{}")).contains("provider");
      }
    }
  }

  /** A stored response is given in the other form too. */
  @ParameterizedTest
  @MethodSource("clients")
  void documentAndStream_areWrittenFromEachOther(ClientApi client) {
    Bytes document =
        Bytes.utf8(
            document(client.name())
                .formatted("stop")
                .replace("\"status\":\"stop\"", "\"status\":\"completed\""));
    Bytes events = Objects.requireNonNull(client.events(document, true));
    Grammar.check(client.name(), events.text());
    Json back = Json.parse(Objects.requireNonNull(client.document(events)));
    assertThat(back.toString()).contains("Hi.").contains("\"f\"");
    assertThat(client.document(Bytes.utf8("no stream"))).isNull();
  }

  @Test
  void answersWithParts_thatTheOtherFormHasNoWordFor_areNotRewritten() {
    ClientApi client = Dialects.clientNamed("anthropic").orElseThrow();
    String hosted =
        ANTHROPIC
            .formatted("end_turn")
            .replace(
                "{\"type\":\"text\"",
                "{\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\",\"input\":{}},{\"type\":\"text\"");
    assertThat(client.events(Bytes.utf8(hosted), true)).isNull();
    String redacted =
        Objects.requireNonNull(client.events(Bytes.utf8(ANTHROPIC.formatted("end_turn")), true))
            .text();
    assertThat(redacted).contains("\"redacted_thinking\",\"data\":\"ZZ\"");
  }

  @ParameterizedTest
  @CsvSource({"0,2026-11-30T10:00:30Z,30000000000", "5,2026-11-30T10:00:30Z,-1", "0,soon,-1"})
  void limitsOfAnthropic_sayWhenTheyAreThereAgain(String left, String reset, long nanos) {
    Map<String, String> headers =
        Map.of(
            "anthropic-ratelimit-tokens-remaining",
            left,
            "anthropic-ratelimit-tokens-reset",
            reset);
    InstantSource wall = InstantSource.fixed(Instant.parse("2026-11-30T10:00:00Z"));
    assertThat(provider("anthropic").backoffNanos(name -> headers.getOrDefault(name, ""), wall))
        .isEqualTo(nanos);
  }
}
