package dev.drover.dialect.openai;

import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolKind;
import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.CustomTools;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.json.JsonOut;
import dev.drover.types.Usage;

/** The members of chat completions that documents and streams share. */
final class CompletionForm {
  private CompletionForm() {}

  static void head(JsonOut out, ResponseContext context, String id, String model, String object) {
    out.put("id", id.isEmpty() ? "chatcmpl-" + context.id() : id).put("object", object);
    out.put("created", context.created()).put("model", model);
  }

  /** Returns the name that the client knows a tool by. */
  static String name(ResponseContext context, String sent) {
    Tool tool = context.tools().called(sent);
    return tool == null ? sent : tool.name();
  }

  /** Returns whether the client gave a tool as one whose argument is free text. */
  static boolean isCustom(ResponseContext context, String sent) {
    Tool tool = context.tools().called(sent);
    return tool != null && tool.kind() == ToolKind.CUSTOM;
  }

  /** Writes a call of a tool whose argument is free text. */
  static void custom(
      JsonOut call, ResponseContext context, String id, String sent, String arguments) {
    call.put("id", id).put("type", "custom");
    call.object(
        "custom",
        custom ->
            custom.put("name", name(context, sent)).put("input", CustomTools.text(arguments)));
  }

  static String reason(Stop stop) {
    return switch (stop) {
      case END, SEQUENCE, PAUSE -> "stop";
      case LENGTH -> "length";
      case TOOL_CALLS -> "tool_calls";
      case FILTERED -> "content_filter";
    };
  }

  static void usage(JsonOut out, Usage usage) {
    out.put("prompt_tokens", usage.input()).put("completion_tokens", usage.output());
    out.put("total_tokens", usage.tokens());
    out.object("prompt_tokens_details", parts -> parts.put("cached_tokens", usage.cachedInput()));
    out.object(
        "completion_tokens_details", parts -> parts.put("reasoning_tokens", usage.reasoning()));
  }
}
