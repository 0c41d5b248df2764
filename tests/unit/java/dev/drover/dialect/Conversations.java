package dev.drover.dialect;

import dev.drover.dialect.chat.CallIds;
import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatRequest.Role;
import dev.drover.dialect.chat.ChatRequest.Turn;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Holds one conversation with tools, parallel calls and an image, in the API of each client. */
final class Conversations {
  private Conversations() {}

  static String of(String api) {
    return switch (api) {
      case "openai" ->
          """
          {"model":"x","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":2000,
           "messages":[
            {"role":"system","content":"Be brief."},
            {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
            {"role":"assistant","content":"I look.","tool_calls":[
              {"id":"call_a","type":"function","function":{"name":"read","arguments":"{\\"path\\":\\"a.txt\\"}"}},
              {"id":"call_b","type":"function","function":{"name":"now","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"call_a","content":"It is 42."},
            {"role":"tool","tool_call_id":"call_b","content":"noon"},
            {"role":"user","content":"And?"}],
           "tools":[
            {"type":"function","function":{"name":"read","description":"Reads.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}},
            {"type":"function","function":{"name":"now","description":"Tells the time.","parameters":{"type":"object","properties":{}}}}],
           "tool_choice":"required","parallel_tool_calls":false}
          """;
      case "anthropic" ->
          """
          {"model":"x","stream":true,"max_tokens":2000,
           "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
           "messages":[
            {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"I look."},
              {"type":"tool_use","id":"call_a","name":"read","input":{"path":"a.txt"}},
              {"type":"tool_use","id":"call_b","name":"now","input":{}}]},
            {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"call_a","content":"It is 42."},
              {"type":"tool_result","tool_use_id":"call_b","content":[{"type":"text","text":"noon"}]},
              {"type":"text","text":"And?"}]}],
           "tools":[
            {"name":"read","description":"Reads.","input_schema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}},
            {"name":"now","description":"Tells the time.","input_schema":{"type":"object","properties":{}}}],
           "tool_choice":{"type":"any","disable_parallel_tool_use":true}}
          """;
      case "responses" ->
          """
          {"model":"x","stream":true,"max_output_tokens":2000,"store":false,"instructions":"Be brief.",
           "input":[
            {"type":"message","role":"user","content":[{"type":"input_text","text":"What is this?"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]},
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"c2ln"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
            {"type":"function_call","call_id":"call_a","name":"read","arguments":"{\\"path\\":\\"a.txt\\"}"},
            {"type":"function_call","call_id":"call_b","name":"now","arguments":"{}"},
            {"type":"function_call_output","call_id":"call_a","output":"It is 42."},
            {"type":"function_call_output","call_id":"call_b","output":"noon"},
            {"role":"user","content":"And?"}],
           "tools":[
            {"type":"function","name":"read","description":"Reads.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]},"strict":false},
            {"type":"function","name":"now","description":"Tells the time.","parameters":{"type":"object","properties":{}},"strict":false}],
           "tool_choice":"required","parallel_tool_calls":false}
          """;
      case "gemini" ->
          """
          {"systemInstruction":{"parts":[{"text":"Be brief."}]},
           "contents":[
            {"role":"user","parts":[{"text":"What is this?"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]},
            {"role":"model","parts":[{"text":"Hm.","thought":true},{"text":"I look."},
              {"functionCall":{"id":"call_a","name":"read","args":{"path":"a.txt"}},"thoughtSignature":"c2ln"},
              {"functionCall":{"id":"call_b","name":"now","args":{}}}]},
            {"role":"user","parts":[
              {"functionResponse":{"id":"call_a","name":"read","response":{"output":"It is 42."}}},
              {"functionResponse":{"id":"call_b","name":"now","response":{"output":"noon"}}},
              {"text":"And?"}]}],
           "tools":[{"functionDeclarations":[
            {"name":"read","description":"Reads.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}},
            {"name":"now","description":"Tells the time.","parametersJsonSchema":{"type":"object","properties":{}}}]}],
           "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
           "generationConfig":{"maxOutputTokens":2000}}
          """;
      default -> throw new AssertionError(api);
    };
  }

  /** The path of the chat operation of a client's API. */
  private static String path(String api) {
    return switch (api) {
      case "anthropic" -> "/v1/messages";
      case "responses" -> "/v1/responses";
      case "gemini" -> "/v1beta/models/x:streamGenerateContent";
      default -> "/v1/chat/completions";
    };
  }

  static RequestFacts facts(String api, Bytes body) {
    ClientApi client = Dialects.clientNamed(api).orElseThrow();
    Operation operation = Objects.requireNonNull(client.operation("POST", path(api)));
    ParseResult result =
        client.parse(operation, Objects.requireNonNull(operation.variables(path(api))), body);
    if (result instanceof ParseResult.Read(RequestFacts facts)) {
      return facts;
    }
    throw new AssertionError(result);
  }

  /** A request of a client, to be translated. */
  static HubRequest hub(String api, Bytes body) {
    return new HubRequest(Dialects.clientNamed(api).orElseThrow(), facts(api, body), body);
  }

  /**
   * Returns the content of a request in words that are the same for all APIs; thoughts are left
   * out.
   */
  static List<String> read(String api, String body) {
    Losses losses = new Losses();
    ChatRequest request =
        Dialects.clientNamed(api)
            .orElseThrow()
            .read(facts(api, Bytes.utf8(body)), Json.parse(Bytes.utf8(body)), losses);
    List<String> said = new ArrayList<>();
    Role last = null;
    for (Turn turn : request.turns()) {
      for (Part part : turn.parts()) {
        if (part instanceof Part.Thinking) {
          continue;
        }
        if (turn.role() != last) {
          said.add(turn.role().name());
        }
        last = turn.role();
        said.add(word(part));
      }
    }
    request
        .tools()
        .forEach(
            tool -> said.add("tool " + tool.name() + " " + tool.description() + tool.schema()));
    said.add(request.toolChoice() + " " + request.parallelTools() + " " + request.maxOutput());
    said.add("stream " + request.stream());
    return said;
  }

  private static String word(Part part) {
    return switch (part) {
      case Part.Text text -> text.text();
      case Part.Media media -> media.kind() + " " + media.mediaType() + " " + media.data();
      case Part.ToolCall call ->
          CallIds.bare(call.id()) + " " + call.name() + " " + call.arguments();
      case Part.ToolResult result ->
          CallIds.bare(result.callId())
              + " "
              + result.content().stream().map(Conversations::word).toList();
      case Part.Refusal refusal -> refusal.text();
      case Part.Thinking _ -> "";
    };
  }
}
