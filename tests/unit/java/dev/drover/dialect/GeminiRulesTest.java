package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of translation that only Gemini and Converse have. */
class GeminiRulesTest {
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

  private static Json schema(String schema) {
    return sent(
            "openai",
            "gemini",
            "gemini-3-pro",
            """
            {"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":
              {"type":"object","properties":{"a":%s},"$defs":{"n":{"type":"string","const":"N"}}}}}]}"""
                .formatted(schema))
        .get("tools")
        .elements()
        .getFirst()
        .get("functionDeclarations")
        .elements()
        .getFirst()
        .get("parameters")
        .get("properties")
        .get("a");
  }

  /** Gemini takes a part of JSON Schema. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"type\":[\"string\",\"null\"],\"format\":\"uri\"} | {\"type\":\"string\",\"nullable\":true}",
        "{\"$ref\":\"#/$defs/n\"} | {\"type\":\"string\",\"enum\":[\"N\"]}",
        "{\"enum\":[\"a\",\"b\",3]} | {\"type\":\"string\",\"enum\":[\"a\",\"b\"]}",
        "{\"type\":\"array\"} | {\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
        "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1} | {\"type\":\"integer\",\"minimum\":1,\"format\":\"int64\"}",
        "{\"anyOf\":[{\"type\":\"number\"},{\"type\":\"null\"}]} | {\"type\":\"number\",\"nullable\":true}",
        "{\"anyOf\":[{\"type\":\"number\"},{\"type\":\"string\"}]} | {\"anyOf\":[{\"type\":\"number\"},{\"type\":\"string\"}]}",
        "{\"allOf\":[{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\"}},\"required\":[\"x\"]},{\"properties\":{\"y\":{\"type\":\"string\"}},\"required\":[\"y\"]}]} | {\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\"},\"y\":{\"type\":\"string\"}},\"required\":[\"x\",\"y\"]}",
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"z\":{\"type\":\"boolean\"}}} | {\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"boolean\"}}}"
      })
  void schemas_areWrittenAsGeminiTakesThem(String given, String taken) {
    assertThat(schema(given.strip()).toString()).isEqualTo(taken.strip());
  }

  @Test
  void schemaThatNamesItself_ends() {
    Json body =
        sent(
            "openai",
            "gemini",
            "gemini-3-pro",
            """
            {"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":
              {"type":"object","properties":{"a":{"$ref":"#"}}}}}]}""");
    assertThat(body.toString()).hasSizeLessThan(5000).contains("\"object\"");
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-3-pro,low,thinkingLevel,low", "gemini-3-pro,xhigh,thinkingLevel,high",
    "gemini-2.5-flash,none,thinkingBudget,0", "gemini-2.5-flash,low,thinkingBudget,1024",
    "gemini-2.5-flash,medium,thinkingBudget,8192", "gemini-2.5-pro,high,thinkingBudget,24576"
  })
  void thinking_isALevelOrANumber(String model, String effort, String field, String value) {
    Json settings =
        sent(
                "openai",
                "gemini",
                model,
                """
                {"model":"m","reasoning_effort":"%s","temperature":0.5,"top_p":0.9,"seed":7,"stop":["a"],"max_tokens":50,
                 "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
                 "messages":[{"role":"user","content":"x"}]}"""
                    .formatted(effort))
            .get("generationConfig");
    assertThat(settings.get("thinkingConfig").get(field).toString().replace("\"", ""))
        .isEqualTo(value);
    assertThat(settings.integer("seed", 0)).isEqualTo(7);
    assertThat(settings.integer("maxOutputTokens", 0)).isEqualTo(50);
    assertThat(settings.text("responseMimeType")).isEqualTo("application/json");
    assertThat(settings.get("responseSchema").text("type")).isEqualTo("object");
  }

  @Test
  void mediaElsewhere_isTakenFromGooglesStoreOnly() {
    String body =
        """
        {"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"%s"}},{"type":"text","text":""}]}]}""";
    assertThat(sent("openai", "gemini", "gemini-3-pro", body.formatted("gs://b/a.png")).toString())
        .contains("\"fileUri\":\"gs://b/a.png\"");
    assertThat(
            written("openai", "gemini", "gemini-3-pro", body.formatted("https://x.example/a.png"))
                .losses()
                .refused(false))
        .isEqualTo("image.url");
  }

  @ParameterizedTest
  @CsvSource({"auto,AUTO", "none,NONE", "required,ANY"})
  void choiceOfTools_hasGeminisWords(String word, String mode) {
    Json body =
        sent(
            "openai",
            "gemini",
            "gemini-3-pro",
            """
            {"model":"m","tool_choice":"%s","messages":[{"role":"user","content":"x"}],
             "tools":[{"type":"function","function":{"name":"f"}}]}"""
                .formatted(word));
    assertThat(body.get("toolConfig").get("functionCallingConfig").text("mode")).isEqualTo(mode);
    Json named =
        sent(
            "openai",
            "gemini",
            "gemini-3-pro",
            """
            {"model":"m","tool_choice":{"type":"function","function":{"name":"f"}},"messages":[{"role":"user","content":"x"}],
             "tools":[{"type":"function","function":{"name":"f"}}]}""");
    assertThat(named.toString()).contains("\"allowedFunctionNames\":[\"f\"]");
  }

  /**
   * A client of Gemini may write names in snake case, leave ids out, and send what others cannot.
   */
  @Test
  void requestOfAGeminiClient_isReadWhole() {
    Json chat =
        sent(
            "gemini",
            "openai",
            "gpt-5.4",
            """
            {"system_instruction":{"parts":[{"text":"Be brief."}]},"labels":{"a":"b"},
             "contents":[
              {"role":"user","parts":[{"file_data":{"mime_type":"image/png","file_uri":"https://x.example/a.png"}},{"inline_data":{"mime_type":"audio/wav","data":"AAAA"}}]},
              {"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"f"}}]},
              {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"error":"bad"}}},{"functionResponse":{"name":"f","response":{"result":"ok"}}}]}],
             "tools":[{"function_declarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"INTEGER","nullable":true},"b":{"type":"ARRAY","items":{"type":"STRING"}}}}}]},{"google_search":{}}],
             "tool_config":{"function_calling_config":{"mode":"AUTO","allowed_function_names":["f"]}},
             "generation_config":{"max_output_tokens":60,"stop_sequences":["z"],"thinking_config":{"thinking_budget":2000,"include_thoughts":true},
               "response_schema":{"type":"OBJECT","properties":{"a":{"type":"STRING"}}},"presence_penalty":1}}""");
    List<Json> messages = chat.get("messages").elements();
    assertThat(messages)
        .extracting(message -> message.text("role"))
        .containsExactly("system", "user", "assistant", "tool", "tool");
    List<Json> calls = messages.get(2).get("tool_calls").elements();
    assertThat(calls.get(0).text("id")).isEqualTo(messages.get(3).text("tool_call_id"));
    assertThat(calls.get(1).text("id")).isEqualTo(messages.get(4).text("tool_call_id"));
    assertThat(messages.get(3).text("content")).startsWith("The tool failed: ");
    assertThat(messages.get(4).text("content")).isEqualTo("ok");
    assertThat(chat.get("tools").toString())
        .contains("[\"integer\",\"null\"]")
        .contains("\"array\"");
    assertThat(chat.text("reasoning_effort")).isEqualTo("low");
    assertThat(chat.get("response_format").text("type")).isEqualTo("json_schema");
    assertThat(chat.integer("max_completion_tokens", 0)).isEqualTo(60);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"cachedContent\":\"c\",\"contents\":[]} | cachedContent",
        "{\"contents\":[],\"generationConfig\":{\"candidateCount\":2}} | candidateCount",
        "{\"contents\":[{\"parts\":[{\"executableCode\":{}}]}]} | contents.parts.executableCode",
        "{\"contents\":[],\"tools\":[{\"googleSearch\":{}}]} | tools.googleSearch"
      })
  void whatOnlyGeminiHas_isNamed(String body, String field) {
    assertThat(written("gemini", "openai", "m", body.strip()).losses().refused(false))
        .isEqualTo(field.strip());
  }

  @Test
  void thinkingOfAGeminiClient_isAnEffort() {
    for (String[] each :
        List.of(
            new String[] {"{\"thinkingLevel\":\"HIGH\"}", "high"},
            new String[] {"{\"thinkingBudget\":0}", "none"},
            new String[] {"{\"thinkingBudget\":-1}", "medium"},
            new String[] {"{\"includeThoughts\":true}", "medium"})) {
      Json chat =
          sent(
              "gemini",
              "openai",
              "gpt-5.4",
              "{\"contents\":[],\"generationConfig\":{\"responseMimeType\":\"application/json\",\"thinkingConfig\":%s}}"
                  .formatted(each[0]));
      assertThat(chat.text("reasoning_effort")).isEqualTo(each[1]);
    }
  }

  @Test
  void converse_hasToolsMarksAndDocuments() {
    Json body =
        sent(
            "anthropic",
            "bedrock",
            "us.anthropic.claude-opus-4-7",
            """
            {"model":"m","max_tokens":50,"temperature":0.5,"stop_sequences":["z"],"thinking":{"type":"adaptive"},
             "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
             "messages":[
              {"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}},{"type":"image","source":{"type":"base64","media_type":"image/jpg","data":"AAAA"}},{"type":"text","text":" "}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[],"is_error":true}]}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"x":{"type":"integer"}}},"cache_control":{"type":"ephemeral"}}],
             "tool_choice":{"type":"tool","name":"f"}}""");
    assertThat(body.get("system").elements()).hasSize(2);
    assertThat(body.get("system").elements().get(1).has("cachePoint")).isTrue();
    assertThat(body.toString())
        .contains("\"format\":\"pdf\"")
        .contains("\"format\":\"jpeg\"")
        .contains("\"status\":\"error\"")
        .contains("\"toolChoice\":{\"tool\":{\"name\":\"f\"}}")
        .contains("\"thinking\":{\"type\":\"adaptive\"}");
    assertThat(body.get("inferenceConfig").has("temperature")).isFalse();
    assertThat(body.get("toolConfig").get("tools").elements()).hasSize(2);
    String without =
        """
        {"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"x"}}]},
          {"role":"tool","tool_call_id":"a","content":"y"}]%s}""";
    assertThat(written("openai", "bedrock", "m", without.formatted("")).losses().refused(false))
        .isEqualTo("tools");
    assertThat(
            written(
                    "openai",
                    "bedrock",
                    "m",
                    "{\"model\":\"m\",\"response_format\":{\"type\":\"json_object\"},\"messages\":[]}")
                .losses()
                .refused(false))
        .isEqualTo("response_format");
  }
}
