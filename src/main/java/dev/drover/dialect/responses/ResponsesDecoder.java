package dev.drover.dialect.responses;

import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.CustomTools;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.json.Json;
import dev.drover.json.JsonText;
import java.util.HashSet;
import java.util.Set;

/** Reads a response of the Responses API, or the events of its stream. */
final class ResponsesDecoder implements ResponseDecoder {
  private final ChatStream out;

  /** The items whose content has come in pieces, by their index in the output. */
  private final Set<Integer> streamed = new HashSet<>();

  ResponsesDecoder(ChatStream out) {
    this.out = out;
  }

  @Override
  public void document(Json document) {
    if (!document.get("output").isArray()) {
      out.fail(document.has("error") ? error(502, document) : GatewayError.MALFORMED);
      return;
    }
    out.start(document.text("id"), document.text("model"));
    int index = 0;
    for (Json item : document.get("output").elements()) {
      done(index++, item);
    }
    end(document);
  }

  /** Says what an item holds, where it was not said piece by piece. */
  private void words(int index, Json item) {
    if (!streamed.add(index)) {
      return;
    }
    boolean message = item.text("type").equals("message");
    for (Json part : item.get("content").elements()) {
      if (message) {
        out.text(part.text("text"));
        out.refusal(part.text("refusal"));
      } else {
        out.reasoning(part.text("text"));
      }
    }
    boolean first = true;
    for (Json part : item.get("summary").elements()) {
      out.reasoning((first ? "" : "\n\n") + part.text("text"));
      first = false;
    }
  }

  @Override
  public void event(Json data) {
    int index = (int) data.integer("output_index", 0);
    switch (data.text("type")) {
      case "response.created", "response.in_progress" -> {
        Json response = data.get("response");
        out.start(response.text("id"), response.text("model"));
      }
      case "response.output_text.delta" -> {
        streamed.add(index);
        out.text(data.text("delta"));
      }
      case "response.refusal.delta" -> {
        streamed.add(index);
        out.refusal(data.text("delta"));
      }
      case "response.reasoning_summary_text.delta", "response.reasoning_text.delta" -> {
        streamed.add(index);
        out.reasoning(data.text("delta"));
      }
      case "response.reasoning_summary_part.added" -> {
        if (data.integer("summary_index", 0) > 0) {
          out.reasoning("\n\n");
        }
      }
      case "response.output_item.added" -> begin(index, data.get("item"));
      case "response.function_call_arguments.delta" -> {
        streamed.add(index);
        out.call(index, "", "", data.text("delta"));
      }
      case "response.custom_tool_call_input.delta" -> {
        String quoted = JsonText.quote(data.text("delta"));
        out.call(index, "", "", (streamed.add(index) ? opening() : "") + inner(quoted));
      }
      case "response.output_item.done" -> done(index, data.get("item"));
      case "response.completed", "response.incomplete" -> end(data.get("response"));
      case "response.failed", "response.cancelled" -> out.fail(error(502, data.get("response")));
      case "error" -> out.fail(error(502, data));
      default -> {}
    }
  }

  /** Free text is carried as the one argument of a function. */
  private static String opening() {
    return "{\"" + CustomTools.ARGUMENT + "\":\"";
  }

  private static String inner(String quoted) {
    return quoted.substring(1, quoted.length() - 1);
  }

  private void begin(int index, Json item) {
    switch (item.text("type")) {
      case "function_call", "custom_tool_call" ->
          out.call(index, item.text("call_id"), item.text("name"), "");
      case "message", "reasoning" -> out.endPart();
      default -> {}
    }
  }

  private void done(int index, Json item) {
    switch (item.text("type")) {
      case "function_call" ->
          out.call(
              index,
              item.text("call_id"),
              item.text("name"),
              streamed.contains(index) ? "" : item.text("arguments"));
      case "custom_tool_call" -> {
        String quoted = JsonText.quote(item.text("input"));
        String rest = streamed.contains(index) ? "" : opening() + inner(quoted);
        out.call(index, item.text("call_id"), item.text("name"), rest + "\"}");
      }
      case "reasoning" -> {
        words(index, item);
        if (!item.text("encrypted_content").isEmpty()) {
          out.reasoningSigned(
              ReasoningItems.signature(item.text("id"), item.text("encrypted_content")));
        }
        out.endPart();
      }
      case "message" -> {
        words(index, item);
        out.endPart();
      }
      default -> out.unknown();
    }
  }

  private void end(Json response) {
    switch (response.text("status")) {
      case "failed", "cancelled" -> out.fail(error(502, response));
      case "incomplete" -> {
        String reason = response.get("incomplete_details").text("reason");
        out.stop(reason.equals("content_filter") ? Stop.FILTERED : Stop.LENGTH, null);
        out.end();
      }
      default -> {
        out.stop(Stop.END, null);
        out.end();
      }
    }
  }

  /** Returns the error that a body or an event states. */
  static GatewayError error(int status, Json body) {
    Json error = body.get("error").isObject() ? body.get("error") : body;
    String code = error.text("code");
    String named = code.isEmpty() ? error.text("type") : code;
    return new GatewayError(
        status,
        named.isEmpty() ? "provider_error" : named,
        error.text("message"),
        error.textOrNull("param"));
  }
}
