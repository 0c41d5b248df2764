package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.chat.CallIds;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.dialect.request.ForeignProofs;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single rules of translation, each for a case that agents or providers have met. */
class TranslationRulesTest {
  private static HubRequest.Written written(
      String client, String provider, String model, String body) {
    return Conversations.hub(client, Bytes.utf8(body))
        .written(
            Dialects.named(provider).orElseThrow().provider(),
            new TargetModel(model, 4096, true, Set.of()),
            "/v1");
  }

  private static Json sent(String client, String provider, String model, String body) {
    HubRequest.Written written = written(client, provider, model, body);
    assertThat(written.losses().refused(false)).isNull();
    return Json.parse(Bytes.join(written.request().body().parts(Bytes.EMPTY)));
  }

  private static String said(String client, String provider, boolean stream, String response) {
    ResponseContext context =
        new ResponseContext(stream, true, "0123", 1_700_000_000, 50, ToolNames.NONE, "");
    try (TranslatedResponse reader =
        new TranslatedResponse(
            Dialects.clientNamed(client).orElseThrow(),
            Dialects.named(provider).orElseThrow().provider(),
            context,
            new ResponseHead(200, "", ""))) {
      return reader.read(Bytes.utf8(response), true).text();
    }
  }

  private static String chunk(String delta, String finish) {
    return "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n"
        .formatted(delta, finish);
  }

  /** No JSON, however odd, gets an exception out of the hub. */
  @ParameterizedTest
  @ValueSource(strings = {"1e99999999999", "-0.0e-99999999999", "123456789012345678901234567890"})
  void absurdNumbers_areNoAccident(String number) {
    HubRequest.Written written =
        written(
            "openai",
            "anthropic",
            "m",
            "{\"model\":\"m\",\"temperature\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
                .formatted(number));
    assertThat(written.request().path()).isEqualTo("/v1/messages");
    String out =
        said(
            "anthropic",
            "openai",
            true,
            chunk("{\"content\":\"a\"}", "null")
                + "data: {\"x\":%s}\n\n".formatted(number)
                + chunk("{}", "\"stop\"")
                + "data: [DONE]\n\n");
    assertThat(out).contains("message_stop");
  }

  @Test
  void longListsOfResults_areWrittenWhole() {
    StringBuilder body = new StringBuilder("{\"model\":\"m\",\"messages\":[");
    for (int i = 0; i < 20_000; i++) {
      body.append("{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"x\"},");
    }
    body.append("{\"role\":\"user\",\"content\":\"x\"}]}");
    assertThat(sent("openai", "responses", "m", body.toString()).get("input").elements())
        .hasSize(20_001);
  }

  /** Some hosts give all calls one index. */
  @Test
  void callsUnderOneIndex_areToldApartByTheirIds() {
    String out =
        said(
            "anthropic",
            "openai",
            false,
            chunk(
                    "{\"tool_calls\":[{\"index\":0,\"id\":\"f1\",\"function\":{\"name\":\"a\",\"arguments\":\"{\\\"x\\\":1}\"}}]}",
                    "null")
                + chunk(
                    "{\"tool_calls\":[{\"index\":0,\"id\":\"f2\",\"function\":{\"name\":\"b\",\"arguments\":\"{\\\"y\\\":1}\"}}]}",
                    "\"stop\"")
                + "data: [DONE]\n\n");
    List<Json> content = Json.parse(Bytes.utf8(out)).get("content").elements();
    assertThat(content).extracting(block -> block.text("name")).containsExactly("a", "b");
    assertThat(content.get(1).get("input").integer("y", 0)).isEqualTo(1);
  }

  @Test
  void resultsOfTools_standTogether_thoughOneShowsAnImage() {
    Json body =
        sent(
            "responses",
            "openai",
            "m",
            """
            {"model":"m","input":[
              {"type":"function_call","call_id":"a","name":"view","arguments":"{}"},
              {"type":"function_call","call_id":"b","name":"now","arguments":"{}"},
              {"type":"function_call_output","call_id":"a","output":[{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},
              {"type":"function_call_output","call_id":"b","output":"noon"}]}""");
    List<Json> messages = body.get("messages").elements();
    assertThat(messages)
        .extracting(message -> message.text("role"))
        .containsExactly("assistant", "tool", "tool", "user");
    assertThat(messages.get(3).toString()).contains("data:image/png;base64,AAAA");
  }

  @Test
  void thinkingWithABudget_isLeftOut_whereTheLastCallsHadNoThoughts() {
    String history =
        """
        {"model":"m","reasoning_effort":"low","max_completion_tokens":9000,"messages":[{"role":"user","content":"x"},
         {"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"a","content":"y"}],
         "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]}""";
    assertThat(sent("openai", "anthropic", "claude-sonnet-4-5", history).has("thinking")).isFalse();
    Json first =
        sent(
            "openai",
            "anthropic",
            "claude-sonnet-4-5",
            "{\"model\":\"m\",\"reasoning_effort\":\"low\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    assertThat(first.get("thinking").integer("budget_tokens", 0)).isEqualTo(2048);
    assertThat(first.integer("max_tokens", 0)).isEqualTo(4096 + 2048);
    Json adaptive = sent("openai", "anthropic", "claude-opus-4-7", history);
    assertThat(adaptive.get("thinking").text("type")).isEqualTo("adaptive");
    assertThat(adaptive.get("output_config").text("effort")).isEqualTo("low");
  }

  @Test
  void forcedTool_leavesNoRoomForThoughts() {
    Json body =
        sent(
            "openai",
            "anthropic",
            "claude-opus-4-7",
            """
            {"model":"m","reasoning_effort":"high","messages":[{"role":"user","content":"x"}],"tool_choice":"required",
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]}""");
    assertThat(body.has("thinking")).isFalse();
    assertThat(body.get("tool_choice").text("type")).isEqualTo("any");
  }

  @ParameterizedTest
  @CsvSource({
    "mistral-large,false,max_tokens,false",
    "gpt-5.4,true,max_completion_tokens,true",
    "gpt-4o,false,max_tokens,false"
  })
  void hosts_getOnlyTheFieldsThatTheyKnow(
      String model, boolean labels, String bound, boolean effort) {
    Json body =
        sent(
            "responses",
            "openai",
            model,
            """
            {"model":"m","input":"x","max_output_tokens":50,"text":{"verbosity":"low"},"metadata":{"a":"b"},
             "prompt_cache_key":"k","user":"u","reasoning":{"effort":"high"},"service_tier":"flex"}""");
    assertThat(body.has(bound)).isTrue();
    assertThat(body.has("metadata")).isFalse();
    assertThat(body.has("reasoning_effort")).isEqualTo(effort);
    for (String field : List.of("verbosity", "user", "prompt_cache_key", "service_tier")) {
      assertThat(body.has(field)).as(field).isEqualTo(labels);
    }
  }

  @Test
  void thoughtsOfEarlierTurns_goToHostsThatWantThem() {
    String history =
        """
        {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},
         {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":""},{"type":"tool_use","id":"a","name":"f","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"y"}]},
         {"role":"assistant","content":[{"type":"tool_use","id":"b","name":"f","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"y"}]}]}""";
    List<Json> kimi = sent("anthropic", "openai", "kimi-k2", history).get("messages").elements();
    assertThat(kimi.get(1).text("reasoning_content")).isEqualTo("Hm.");
    assertThat(kimi.get(3).text("reasoning_content")).isEqualTo(" ");
    List<Json> other = sent("anthropic", "openai", "gpt-4o", history).get("messages").elements();
    assertThat(other.get(1).has("reasoning_content")).isFalse();
  }

  /** Codex names a tool's namespace once, and not in the calls of its history. */
  @Test
  void toolOfANamespace_keepsOneName_andGetsItsOwnBack() {
    String request =
        """
        {"model":"m","input":[
          {"type":"additional_tools","role":"developer","tools":[{"type":"namespace","name":"functions","tools":[
            {"type":"custom","name":"exec","description":"Runs.","format":{"type":"grammar","syntax":"lark","definition":"start: /.*/"}}]}]},
          {"role":"user","content":"x"},
          {"type":"custom_tool_call","call_id":"a","name":"exec","input":"ls"},
          {"type":"custom_tool_call_output","call_id":"a","output":"y"}]}""";
    Json body = sent("responses", "openai", "m", request);
    assertThat(body.get("tools").elements().getFirst().get("function").text("name"))
        .isEqualTo("functions__exec");
    assertThat(body.get("tools").toString()).contains("lark");
    Json call = body.get("messages").elements().get(1).get("tool_calls").elements().getFirst();
    assertThat(call.get("function").text("name")).isEqualTo("functions__exec");
    assertThat(call.get("function").text("arguments")).isEqualTo("{\"input\":\"ls\"}");
    HubRequest hub = Conversations.hub("responses", Bytes.utf8(request));
    hub.written(
        Dialects.named("openai").orElseThrow().provider(),
        new TargetModel("m", 1, true, Set.of()),
        "");
    assertThat(Objects.requireNonNull(hub.tools().called("exec")).namespace())
        .isEqualTo("functions");
  }

  @Test
  void choiceAmongSomeTools_isKept_andOneOfAHostedTool_isRefused() {
    String body =
        """
        {"model":"m","input":"x","tool_choice":%s,"tools":[{"type":"function","name":"a","parameters":{}},
         {"type":"function","name":"b","parameters":{}},{"type":"web_search"}]}""";
    Json some =
        sent(
            "responses",
            "anthropic",
            "m",
            body.formatted(
                "{\"type\":\"allowed_tools\",\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"name\":\"b\"}]}"));
    assertThat(some.get("tools").elements())
        .extracting(tool -> tool.text("name"))
        .containsExactly("b");
    assertThat(
            written("responses", "anthropic", "m", body.formatted("{\"type\":\"web_search\"}"))
                .losses()
                .refused(false))
        .isEqualTo("tool_choice.web_search");
    HubRequest.Written free = written("responses", "anthropic", "m", body.formatted("\"auto\""));
    assertThat(free.losses().refused(false)).isNull();
    assertThat(free.dropped()).contains("tools.web_search");
  }

  @Test
  void wordsAndCalls_keepTheirOrder() {
    String out =
        said(
            "anthropic",
            "openai",
            true,
            chunk(
                    "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\"}}]}",
                    "null")
                + chunk("{\"content\":\"foo\"}", "null")
                + chunk(
                    "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\":1}\"}}]}",
                    "null")
                + chunk("{\"content\":\"bar\"}", "\"tool_calls\"")
                + "data: [DONE]\n\n");
    assertThat(out.indexOf("foo")).isPositive().isLessThan(out.indexOf("bar"));
    assertThat(out).contains("{\\\"a").contains("\\\":1}");
    Grammar.check("anthropic", out);
  }

  @Test
  void stopForTools_withoutATool_isAnEnd() {
    String out =
        said(
            "anthropic",
            "openai",
            true,
            chunk("{\"content\":\"x\"}", "\"tool_calls\"") + "data: [DONE]\n\n");
    assertThat(out).contains("\"stop_reason\":\"end_turn\"");
  }

  @Test
  void errorInAStream_keepsItsWords() {
    for (String error :
        List.of(
            "{\"error\":{\"message\":\"Too busy.\"},\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}",
            "{\"object\":\"error\",\"message\":\"Too busy.\",\"code\":500}")) {
      String out =
          said(
              "anthropic",
              "openai",
              true,
              chunk("{\"content\":\"x\"}", "null") + "data: " + error + "\n\n");
      assertThat(out).contains("event: error").contains("Too busy.").doesNotContain("message_stop");
    }
  }

  @Test
  void oddEvents_arePassedOver() {
    String out =
        said(
            "openai",
            "anthropic",
            true,
            """
            data: ping

            data: {"type":"new_kind","x":NaN}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

            data: {"type":"message_stop"}

            """);
    assertThat(out).contains("\"content\":\"Hi\"").endsWith("data: [DONE]\n\n");
  }

  @Test
  void responseWhoseTextComesWholeOnly_isNotEmpty() {
    String out =
        said(
            "openai",
            "responses",
            false,
            """
            {"id":"r","object":"response","status":"completed","model":"m","output":[
             {"type":"reasoning","id":"rs","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}]}""");
    Json message = Json.parse(Bytes.utf8(out)).get("choices").elements().getFirst().get("message");
    assertThat(message.text("content")).isEqualTo("Hi");
    assertThat(message.text("reasoning_content")).isEqualTo("Hm.");
    assertThat(
            said(
                "openai",
                "responses",
                true,
                "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"x\",\"message\":\"No.\"}}}\n\n"))
        .contains("No.")
        .doesNotContain("[DONE]");
  }

  @Test
  void marksOfACache_theLastFourStay() {
    StringBuilder body =
        new StringBuilder("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[");
    for (int i = 0; i < 6; i++) {
      body.append(i == 0 ? "" : ",")
          .append(
              "{\"type\":\"text\",\"text\":\"t%d\",\"cache_control\":{\"type\":\"ephemeral\"}}"
                  .formatted(i));
    }
    Json sent = sent("openai", "anthropic", "m", body.append("]}]}").toString());
    assertThat(sent.get("messages").elements().getFirst().get("content").elements())
        .extracting(block -> block.has("cache_control"))
        .containsExactly(false, false, true, true, true, true);
  }

  @Test
  void holeInTheCallsOfTools_isNamed() {
    String body =
        """
        {"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[
          {"id":"call_9","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"y"}]}""";
    assertThat(written("openai", "anthropic", "m", body).losses().refused(false))
        .contains("call_9");
  }

  @Test
  void sessionOfClaudeCode_namesTheCache_andItsBillingLineStaysHome() {
    Json body =
        sent(
            "anthropic",
            "openai",
            "gpt-5.4",
            """
            {"model":"m","max_tokens":9,"metadata":{"user_id":"{\\"session_id\\":\\"s-1\\"}"},
             "system":[{"type":"text","text":"x-anthropic-billing-header: v"},{"type":"text","text":"Be brief."}],
             "messages":[{"role":"user","content":"x"}]}""");
    assertThat(body.text("prompt_cache_key")).isEqualTo("s-1");
    assertThat(body.toString()).doesNotContain("billing").contains("Be brief.");
  }

  /** A conversation that began at a provider of another API goes on at one of the client's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"\"},{\"type\":\"text\",\"text\":\"b\"}] | [{\"type\":\"text\",\"text\":\"b\"}]",
        "[{\"type\":\"text\",\"text\":\"b\"}, {\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"drover.openai.x\"}] | [{\"type\":\"text\",\"text\":\"b\"}]",
        "[{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"drover.x.y\"},{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"own\"},{\"type\":\"thinking\",\"thinking\":\"c\",\"signature\":\"\"}] | [{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"own\"}]",
        "[{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"\"}] | [{\"type\":\"text\",\"text\":\"…\"}]",
        "[{\"type\":\"tool_use\",\"id\":\"call_1__sig_Z2Vt\",\"name\":\"f\",\"input\":{}}] | [{\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"f\",\"input\":{}}]",
        "[{\"type\":\"text\",\"text\":\"say __sig_ and drover. aloud\"}] | [{\"type\":\"text\",\"text\":\"say __sig_ and drover. aloud\"}]"
      })
  void thoughtsOfOtherProviders_areCutOut_andNothingElse(String content, String left) {
    String body = "{ \"model\": \"m\", \"messages\":[{\"role\":\"assistant\", \"content\":%s}] }";
    assertThat(ForeignProofs.without(Bytes.utf8(body.formatted(content))).text())
        .isEqualTo(body.formatted(left));
  }

  @Test
  void signatureInAnId_comesBackToItsMaker_andToNobodyElse() {
    Signature signature = new Signature("gemini", "abc/+=");
    String id = CallIds.signed("call_1", signature);
    assertThat(id).matches("[A-Za-z0-9_-]+");
    assertThat(CallIds.signature(id)).isEqualTo(signature);
    assertThat(CallIds.bare(id)).isEqualTo("call_1");
    assertThat(CallIds.sent("x".repeat(90), 40)).hasSizeLessThanOrEqualTo(40);
    assertThat(CallIds.signature("call_1")).isNull();
    assertThat(CallIds.signature("call__sig_?")).isNull();
  }
}
