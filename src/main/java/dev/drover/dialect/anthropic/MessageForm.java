package dev.drover.dialect.anthropic;

import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.json.JsonOut;
import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/** The members of Anthropic's messages that documents and streams share. */
final class MessageForm {
  private MessageForm() {}

  static void head(JsonOut message, ResponseContext context, String id, String model) {
    String plain = (id.isEmpty() ? context.id() : id).replaceAll("[^A-Za-z0-9]", "");
    message.put("id", "msg_" + plain.replaceFirst("^msg", ""));
    message.put("type", "message").put("role", "assistant").put("model", model);
  }

  /** Returns the name that the client knows a tool by. */
  static String name(ResponseContext context, String sent) {
    Tool tool = context.tools().called(sent);
    return tool == null ? sent : tool.name();
  }

  static String reason(Stop stop) {
    return switch (stop) {
      case END -> "end_turn";
      case LENGTH -> "max_tokens";
      case TOOL_CALLS -> "tool_use";
      case FILTERED -> "refusal";
      case SEQUENCE -> "stop_sequence";
      case PAUSE -> "pause_turn";
    };
  }

  /** The API counts what a cache holds apart from the rest of the prompt. */
  static void usage(JsonOut out, ResponseContext context, @Nullable Usage usage) {
    if (usage == null) {
      out.put("input_tokens", context.inputEstimate()).put("output_tokens", 0L);
      return;
    }
    out.put("input_tokens", usage.uncachedInput());
    out.put("cache_creation_input_tokens", usage.cacheWrite5m() + usage.cacheWrite1h());
    out.put("cache_read_input_tokens", usage.cachedInput());
    out.put("output_tokens", usage.output());
  }

  static String errorType(int status) {
    return switch (status) {
      case 400, 405, 415, 422, 426, 431 -> "invalid_request_error";
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 504 -> "timeout_error";
      case 503, 529 -> "overloaded_error";
      default -> "api_error";
    };
  }
}
