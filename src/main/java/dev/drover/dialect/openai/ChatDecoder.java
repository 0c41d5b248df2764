package dev.drover.dialect.openai;

import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a chat completion of OpenAI's first API, or the chunks of its stream. */
final class ChatDecoder implements ResponseDecoder {
  private static final String DONE = "[DONE]";

  /** The first of the keys that no host gives as an index. */
  private static final int FRESH = 1 << 20;

  private final ChatStream out;
  private final Map<Integer, String> ids = new HashMap<>();
  private final Map<Integer, Integer> keys = new HashMap<>();
  private int fresh = FRESH;

  ChatDecoder(ChatStream out) {
    this.out = out;
  }

  @Override
  public void document(Json document) {
    List<Json> choices = document.get("choices").elements();
    if (choices.isEmpty()) {
      out.fail(document.has("error") ? error(502, document) : GatewayError.MALFORMED);
      return;
    }
    out.start(document.text("id"), document.text("model"));
    choice(choices.getFirst(), choices.getFirst().get("message"));
    if (choices.getFirst().text("finish_reason").isEmpty()) {
      out.stop(Stop.END, null);
    }
    out.end();
  }

  @Override
  public void event(Json data) {
    List<Json> choices = data.get("choices").elements();
    if (data.has("error") || data.text("object").equals("error")) {
      out.fail(error(502, data));
      return;
    }
    if (!choices.isEmpty()) {
      out.start(data.text("id"), data.text("model"));
      choice(choices.getFirst(), choices.getFirst().get("delta"));
    }
  }

  @Override
  public void marker(String data) {
    if (data.startsWith(DONE)) {
      out.stop(Stop.END, null); // where no reason was given
      out.end();
    }
  }

  private void choice(Json choice, Json said) {
    thoughts(said);
    content(said.get("content"));
    out.refusal(said.text("refusal"));
    List<Json> calls = said.get("tool_calls").elements();
    for (int i = 0; i < calls.size(); i++) {
      call(calls.get(i), i);
    }
    stop(choice.text("finish_reason"));
  }

  /** Gateways send thoughts under several names at once; one of them counts. */
  private void thoughts(Json said) {
    String text = said.text("reasoning_content");
    out.reasoning(text.isEmpty() ? said.text("reasoning") : text);
    for (Json detail : said.get(ReasoningDetails.FIELD).elements()) {
      Signature signature = Signature.brought(OpenAiClient.NAME, detail.textOrNull("signature"));
      if (signature != null) {
        out.reasoningSigned(signature);
      }
    }
  }

  private void content(Json content) {
    out.text(content.text());
    for (Json part : content.elements()) {
      part.get("thinking").elements().forEach(each -> out.reasoning(each.text("text")));
      out.text(part.text("text"));
    }
  }

  private void call(Json call, int position) {
    int index = (int) call.integer("index", position);
    int key = key(index, call.text("id"), call.get("function").text("name"));
    Json function = call.get("function");
    Json arguments = function.get("arguments");
    out.call(
        key,
        call.text("id"),
        function.text("name"),
        arguments.isText() || arguments.isNothing() ? arguments.text() : arguments.toString());
  }

  /** Some hosts give all calls one index: another id and a name begin another call. */
  private int key(int index, String id, String name) {
    String known = ids.get(index);
    if (!id.isEmpty() && known != null && !known.equals(id) && !name.isEmpty()) {
      keys.put(index, fresh++);
    }
    if (!id.isEmpty()) {
      ids.put(index, id);
    }
    return keys.getOrDefault(index, index);
  }

  private void stop(String reason) {
    switch (reason) {
      case "" -> {}
      case "length" -> out.stop(Stop.LENGTH, null);
      case "tool_calls", "function_call" -> out.stop(Stop.TOOL_CALLS, null);
      case "content_filter" -> out.stop(Stop.FILTERED, null);
      case "error" ->
          out.fail(new GatewayError(502, "error", "The provider ended with an error.", null));
      default -> out.stop(Stop.END, null);
    }
  }

  /** Returns the error that a body states. */
  static GatewayError error(int status, Json body) {
    List<Json> several = body.elements();
    if (!several.isEmpty()) { // as Google's endpoint sends errors
      return error(status, several.getFirst());
    }
    Json error = body.has("error") ? body.get("error") : body;
    if (error.isText()) {
      return new GatewayError(status, "provider_error", error.text(), null);
    }
    Json code = error.get("code");
    String type = error.text("type");
    String named = code.isText() ? code.text() : type.isEmpty() ? "provider_error" : type;
    String message = error.text("message");
    return new GatewayError(
        status,
        named,
        message.isEmpty() ? body.text("message") : message,
        error.textOrNull("param"));
  }
}
