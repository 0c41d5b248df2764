package dev.drover.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.dialect.Edit;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import dev.drover.types.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiDialectTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final ResponseHead SSE = new ResponseHead(200, "text/event-stream", "");
  private static final ResponseHead JSON = new ResponseHead(200, "application/json", "");
  private final OpenAiClient client = new OpenAiClient();
  private final OpenAiProvider provider = new OpenAiProvider();

  private ParseResult read(String body) {
    return client.parse(OpenAiClient.CHAT, Bytes.utf8(body));
  }

  private RequestFacts facts(String body) {
    if (read(body) instanceof ParseResult.Read(RequestFacts facts)) {
      return facts;
    }
    throw new AssertionError(read(body));
  }

  private String edited(String body, String model) {
    Bytes bytes = Bytes.utf8(body);
    return Bytes.join(provider.fit(facts(body), bytes, model, true).parts(bytes)).text();
  }

  @Test
  void facts_areWhatTheRequestSays() {
    RequestFacts facts =
        facts(
            """
            {"stream":true,"max_tokens":50,"n":2,"model":"m",
             "messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}},
               {"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}],
             "tools":[{"type":"function"}],"response_format":{"type":"json_schema","json_schema":{}},
             "logprobs":true}
            """);
    assertThat(facts.model()).isEqualTo("m");
    assertThat(facts.maxOutputTokens()).isEqualTo(50);
    assertThat(facts.choices()).isEqualTo(2);
    assertThat(facts.cacheMarkers()).isEqualTo(1);
    assertThat(facts.needs())
        .containsExactlyInAnyOrder(
            Capability.STREAMING,
            Capability.VISION,
            Capability.TOOLS,
            Capability.JSON_SCHEMA,
            Capability.LOGPROBS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | empty_body",
        "'not json' | invalid_json",
        "'[1]' | invalid_json",
        "'{\"model\":\"a\"' | invalid_json",
        "'{\"model\":\"a\"} x' | invalid_json",
        "'{}' | missing_model",
        "'{\"model\":1}' | invalid_model",
        "'{\"model\":\"\"}' | invalid_model",
        "'{\"model\":\"a\",\"model\":\"b\"}' | duplicate_model",
        "'{\"model\":\"a\",\"n\":1,\"n\":9}' | duplicate_n",
        "'{\"model\":\"a\",\"max_tokens\":1,\"max_tokens\":9}' | duplicate_max_tokens",
        "'{\"model\":\"a\",\"max_completion_tokens\":1,\"max_completion_tokens\":9}' | duplicate_max_completion_tokens",
        "'{\"model\":\"a\",\"messages\":[],\"messages\":[]}' | duplicate_messages",
        "'{\"model\":\"a\",\"temperature\":0,\"temperature\":1}' | duplicate_temperature",
        "'{\"model\":\"a\",\"Model\":\"b\"}' | ambiguous_name",
        "'{\"model\":\"a\",\"MAX_TOKENS\":9}' | ambiguous_name",
        "'{\"model\":\"a\",\"\u017ftream\":true}' | ambiguous_name",
        "'{\"model\":\"a\",\"max_to\u212aens\":9}' | ambiguous_name",
        "'{\"model\":\"a\",\"\\u017ftream_options\":{}}' | ambiguous_name",
        "'{\"model\":\"a\",\"\\u004d\\u006fdel\":\"b\"}' | ambiguous_name",
        "'{\"model\":\"a\",\"mod\\u0065l\":\"b\"}' | duplicate_model",
        "'{\"model\":\"a\",\"stream\":\"yes\"}' | invalid_stream",
        "'{\"model\":\"a\",\"stream\":true,\"stream\":false}' | duplicate_stream",
        "'{\"model\":\"a\",\"stream_options\":{},\"stream\\u005foptions\":null}' | duplicate_stream_options",
        "'{\"model\":\"a\",\"stream_options\":{\"include_usage\":true,\"include_usage\":false}}' | duplicate_include_usage",
      })
  void badRequest_isRejectedWithACode(String body, String code) {
    assertThat(read(body == null ? "" : body))
        .isInstanceOfSatisfying(
            ParseResult.Rejected.class,
            rejected -> {
              assertThat(rejected.code()).isEqualTo(code);
              assertThat(rejected.message()).contains("expected");
            });
  }

  @Test
  void invalidUtf8_andDeepNesting_areRejected() {
    Bytes latin1 = Bytes.of("{\"model\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(client.parse(OpenAiClient.CHAT, latin1))
        .isInstanceOfSatisfying(
            ParseResult.Rejected.class, r -> assertThat(r.code()).isEqualTo("invalid_utf8"));
    assertThat(
            read("{\"model\":\"a\",\"messages\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"))
        .isInstanceOfSatisfying(
            ParseResult.Rejected.class, r -> assertThat(r.message()).contains("nesting"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"a\",\"stream\":true}",
        "{\"model\":\"a\",\"stream\":true,\"stream_options\":null}",
        "{\"model\":\"a\",\"stream\":true,\"stream_options\":{}}",
        "{\"stream_options\":{\"x\":1},\"stream\":true,\"model\" : \"a\" }",
        "{\"stream\":true,\"stream_options\":{\"include_usage\":false,\"x\":1},\"model\":\"a\"}",
        "{\"stream\":true,\"stream_options\":{\"include_usage\":null},\"model\":\"a\"}",
      })
  void streamThatDidNotAskForUsage_doesAfterTheEdit(String body) throws Exception {
    JsonNode tree = JACKSON.readTree(edited(body, "b"));
    assertThat(tree.path("model").asText()).isEqualTo("b");
    assertThat(tree.path("stream_options").path("include_usage").asBoolean()).isTrue();
    assertThat(facts(edited(body, "b")).streamUsage()).isNull();
  }

  @Test
  void bytesOutsideTheEdits_areUnchanged() {
    Cases.each(
        random -> {
          String before = object(random);
          String model = Cases.text(random, 8) + "m";
          String body =
              "{"
                  + before
                  + "\"model\":"
                  + quoted(model)
                  + ","
                  + before.replace("k", "q")
                  + "\"z\":0}";
          String to = Cases.text(random, 8) + "n";
          assertThat(edited(body, to))
              .isEqualTo(body.replace("\"model\":" + quoted(model), "\"model\":" + quoted(to)));
          assertThat(edited(body, model)).isEqualTo(body);
        });
  }

  private static String object(RandomGenerator random) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      out.append(quoted("k" + i))
          .append(" : ")
          .append(quoted(Cases.text(random, 10)))
          .append(" ,\n");
    }
    return out.toString();
  }

  private static String quoted(String text) {
    return dev.drover.json.JsonText.quote(text);
  }

  // ---- answers

  private static final String STREAM =
      """
      : keep-alive

      data: {"choices":[{"delta":{"role":"assistant","content":"Hel"}}],"usage":null}

      data: {"choices":[{"delta":{"content":"lo"}}],"usage":null}

      data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":1}}}

      data: [DONE]

      """;

  private ResponseReader reader(ResponseHead head, boolean drop) {
    return provider.reader(facts("{\"model\":\"a\",\"stream\":true}"), head, drop);
  }

  private static String passed(ResponseReader reader, Bytes bytes, boolean end) {
    return Objects.requireNonNull(reader.read(bytes, end)).text();
  }

  @Test
  void streamUsage_isReadUnderAnyChunking_andCanBeDropped() {
    Cases.each(
        random -> {
          String stream =
              random.nextBoolean()
                  ? STREAM
                  : STREAM.replace("\n", random.nextBoolean() ? "\r\n" : "\r");
          ResponseReader reader = reader(SSE, true);
          byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
          StringBuilder passed = new StringBuilder();
          for (int at = 0; at < bytes.length; ) {
            int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
            passed.append(passed(reader, Bytes.of(bytes).slice(at, to), false));
            at = to;
          }
          passed.append(passed(reader, Bytes.EMPTY, true));
          ResponseFacts facts = reader.facts(true);
          assertThat(facts.usage())
              .isEqualTo(new Usage(Usage.Status.COMPLETE, 7, 3, 0, 0, 2, 1, 9));
          assertThat(facts.outputBytes()).isEqualTo(5);
          assertThat(passed.toString())
              .contains("Hel")
              .contains("[DONE]")
              .doesNotContain("prompt_tokens");
        });
  }

  @Test
  void streamNotToBeRewritten_passesUntouched() {
    ResponseReader reader = reader(SSE, false);
    assertThat(reader.read(Bytes.utf8(STREAM), true)).isNull();
    assertThat(reader.facts(true).usage())
        .isEqualTo(new Usage(Usage.Status.COMPLETE, 7, 3, 0, 0, 2, 1, 9));
  }

  @Test
  void jsonUsage_isReadAcrossChunks() {
    String body =
        "{\"choices\":[{\"message\":{\"content\":\"four\"}}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1,"
            + "\"prompt_cache_hit_tokens\":4}}";
    ResponseReader reader = reader(JSON, false);
    reader.read(Bytes.utf8(body.substring(0, 30)), false);
    reader.read(Bytes.utf8(body.substring(30)), true);
    assertThat(reader.facts(true).usage())
        .isEqualTo(new Usage(Usage.Status.COMPLETE, 5, 4, 0, 0, 1, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"prompt_tokens\":null,\"completion_tokens\":null}",
        "{\"prompt_tokens\":\"7\"}",
        "{\"total_tokens\":50}"
      })
  void usageThatCountsNeitherSide_isNone_andReplacesNothing(String usage) {
    ResponseReader json = reader(JSON, false);
    json.read(Bytes.utf8("{\"usage\":" + usage + "}"), true);
    assertThat(json.facts(true).usage()).isNull();
    ResponseReader stream = reader(SSE, false);
    stream.read(Bytes.utf8(STREAM + "data: {\"choices\":[],\"usage\":" + usage + "}\n\n"), true);
    assertThat(stream.facts(true).usage())
        .isEqualTo(new Usage(Usage.Status.COMPLETE, 7, 3, 0, 0, 2, 1, 9));
  }

  @Test
  void answerWithoutUsage_tellsItsLength() {
    ResponseReader reader = reader(JSON, false);
    reader.read(
        Bytes.utf8(
            "{\"choices\":[{\"message\":{\"content\":\"four\",\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"}}]}}]}"),
        true);
    assertThat(reader.facts(true)).isEqualTo(new ResponseFacts(null, 0, 6, null, 0, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt_tokens\":-100,\"completion_tokens\":-50}",
        "{\"prompt_tokens\":5,\"completion_tokens\":9223372036854775807}",
        "{\"prompt_tokens\":99999999999999999999,\"completion_tokens\":5}",
        "{\"prompt_tokens\":5}",
        "{\"completion_tokens\":5}",
        "{\"prompt_tokens\":5,\"total_tokens\":0}"
      })
  void usageThatCannotBe_orIsOneCountAlone_isNone(String usage) {
    ResponseReader json = reader(JSON, false);
    json.read(Bytes.utf8("{\"usage\":" + usage + "}"), true);
    assertThat(json.facts(true).usage()).isNull();
  }

  /** Prompt, read from a cache, answer, reasoning. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'prompt_tokens':5,'total_tokens':12 | 5,0,7,0",
        "'completion_tokens':7,'total_tokens':12 | 5,0,7,0",
        "'prompt_tokens':32,'completion_tokens':9,'total_tokens':135,'completion_tokens_details':{'reasoning_tokens':94} | 32,0,103,94",
        "'prompt_tokens':32,'completion_tokens':9,'completion_tokens_details':{'reasoning_tokens':94} | 32,0,103,94",
        "'prompt_tokens':10,'completion_tokens':20,'total_tokens':230 | 10,0,220,0",
        "'prompt_tokens':10,'completion_tokens':20,'total_tokens':530,'prompt_tokens_details':{'cached_tokens':500} | 510,500,20,0",
        "'prompt_tokens':10,'completion_tokens':20,'total_tokens':30,'completion_tokens_details':{'reasoning_tokens':15} | 10,0,20,15",
        "'prompt_tokens':10,'completion_tokens':20,'total_tokens':25 | 10,0,20,0"
      })
  void total_hasWhatItsPartsLeaveOut(String usage, String counts) {
    ResponseReader json = reader(JSON, false);
    json.read(Bytes.utf8("{\"usage\":{" + usage.replace('\'', '"') + "}}"), true);
    Usage read = Objects.requireNonNull(json.facts(true).usage());
    assertThat(
            "%d,%d,%d,%d"
                .formatted(read.input(), read.cachedInput(), read.output(), read.reasoning()))
        .isEqualTo(counts);
  }

  @Test
  void usageInParts_isBroughtTogether_andNoCountFalls() {
    ResponseReader stream = reader(SSE, false);
    for (String usage :
        List.of(
            "{\"prompt_tokens\":100,\"completion_tokens\":0,\"total_tokens\":100}",
            "{\"completion_tokens\":50}",
            "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}")) {
      stream.read(Bytes.utf8("data: {\"choices\":[],\"usage\":" + usage + "}\n\n"), false);
    }
    assertThat(stream.facts(true).usage())
        .isEqualTo(new Usage(Usage.Status.COMPLETE, 100, 0, 0, 0, 50, 0, 100));
  }

  @Test
  void eventThatIsNoJson_damagesNoStreamThatEndsWell_butIsNoneToKeep() {
    ResponseReader stream = reader(SSE, false);
    stream.read(Bytes.utf8("event: ping\ndata: ping\n\n"), false);
    assertThat(stream.facts(true).readable()).isFalse();
    assertThat(stream.ended()).isFalse();
    stream.read(
        Bytes.utf8("data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n" + STREAM), true);
    assertThat(stream.facts(true).readable()).isTrue();
    assertThat(stream.facts(true).ends()).isZero();
    assertThat(stream.ended()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "[1", "\uFEFF{\"choices\":[{\"text\":\"a\"}]"})
  void textThatMayBeAnAnswer_isOneThatWasNotSeen(String text) {
    ResponseReader json = reader(JSON, false);
    json.read(Bytes.utf8(text), true);
    assertThat(json.facts(true).outputBytes()).isNegative();
    assertThat(json.facts(true).readable()).isFalse();
  }

  @Test
  void totalOfEmbeddings_isThePromptsUsage() {
    Operation embeddings = Objects.requireNonNull(client.operation("POST", "/v1/embeddings"));
    RequestFacts facts =
        client.parse(embeddings, Bytes.utf8("{\"model\":\"a\"}"))
                instanceof ParseResult.Read(RequestFacts read)
            ? read
            : facts("");
    ResponseReader reader = provider.reader(facts, JSON, false);
    reader.read(Bytes.utf8("{\"data\":[],\"usage\":{\"total_tokens\":9}}"), true);
    assertThat(reader.facts(true).usage()).extracting(Usage::input).isEqualTo(9L);
  }

  @Test
  void emptyLinesThatKeepAConnection_areNoTextSeen() {
    ResponseReader reader = reader(JSON, false);
    reader.read(Bytes.utf8("\n"), false);
    reader.read(Bytes.utf8("\r\n "), false);
    assertThat(reader.facts(false).outputBytes()).isZero();
    reader.read(Bytes.utf8("\n{\"id\": "), false);
    assertThat(reader.facts(false).outputBytes()).isEqualTo("{\"id\": ".length());
  }

  @Test
  void errorUnderAGoodStatus_isNoAnswer() {
    String error = "{\"error\":{\"message\":\"overloaded\"}}";
    ResponseReader json = reader(JSON, false);
    json.read(Bytes.utf8(error), true);
    assertThat(json.facts(true).readable()).isFalse();
    ResponseReader stream = reader(SSE, false);
    stream.read(Bytes.utf8(STREAM + "data: " + error + "\n\n"), true);
    assertThat(stream.facts(true).readable()).isFalse();
    ResponseReader good = reader(JSON, false);
    good.read(Bytes.utf8("{\"error\":null,\"choices\":[{}]}"), true);
    assertThat(good.facts(true).readable()).isTrue();
  }

  @Test
  void damagedAnswer_isSaidToBe() {
    ResponseReader reader = reader(JSON, false);
    reader.read(Bytes.utf8("{\"choices\":"), true);
    assertThat(reader.facts(true).readable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/v1/chat/completions,chat",
    "POST,/v1/chat/completions?x=1,chat",
    "POST,/v1/completions,text_completion",
    "POST,/v1/embeddings,embeddings",
    "GET,/v1/models,models"
  })
  void endpoint_isFoundByMethodAndPath(String method, String path, String operation) {
    assertThat(Objects.requireNonNull(client.operation(method, path)).name()).isEqualTo(operation);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v1/chat/completions",
    "POST,/v1/chat/completions/",
    "POST,/v2/chat/completions",
    "POST,/"
  })
  void otherRequests_areNone(String method, String path) {
    assertThat(client.operation(method, path)).isNull();
  }

  @Test
  void fittedBody_isTheClientsOutsideTheDeclaredEdits() {
    Cases.each(
        random -> {
          String blank = " ".repeat(random.nextInt(3));
          String text = "\\u00fc\\n\\\"" + "é\uD83D\uDE00x".repeat(random.nextInt(50));
          String stream = random.nextBoolean() ? ",\"stream\":" + blank + "true" : "";
          String model = "\"model\"" + blank + ":" + blank + "\"m" + random.nextInt(100) + "\"";
          String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]";
          String body =
              random.nextBoolean()
                  ? "{" + model + "," + messages + stream + blank + "}"
                  : "{" + blank + messages + stream + "," + model + "}" + blank;
          Bytes bytes = Bytes.utf8(body);
          RequestFacts facts = facts(body);
          boolean ask = random.nextBoolean();
          Bytes sent = Bytes.join(provider.fit(facts, bytes, "another", ask).parts(bytes));
          String expected = body.replaceFirst("\"m[0-9]+\"", "\"another\"");
          if (ask && facts.streamUsage() != null) {
            Edit edit = facts.streamUsage().edit();
            String added = edit.replacement().text();
            assertThat(sent.text()).containsOnlyOnce(added);
            assertThat(sent.text().replace(added, "")).isEqualTo(expected);
          } else {
            assertThat(sent.text()).isEqualTo(expected);
          }
        });
  }

  @Test
  void requestThatNeedsNoEdit_isSentAsItCame() {
    String body = "{\"model\":\"a\"}";
    assertThat(provider.fit(facts(body), Bytes.utf8(body), "a", true))
        .isEqualTo(UpstreamRequest.UNCHANGED);
  }
}
