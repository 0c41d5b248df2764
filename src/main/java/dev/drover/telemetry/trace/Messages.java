package dev.drover.telemetry.trace;

import dev.drover.json.Yaml;
import dev.drover.record.Content;
import dev.drover.types.Bytes;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Holds the messages of an exchange, redacted, in the form of OpenTelemetry's GenAI conventions.
 * Text and tool calls are included; images, sounds and files are only mentioned.
 *
 * @param input the messages of the request as JSON text, or null
 * @param output the messages of the response as JSON text, or null
 */
record Messages(@Nullable String input, @Nullable String output) {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool", "function");

  static Messages of(Content content, Redaction redaction) {
    return new Messages(
        text(content.request().isEmpty() ? null : content.request(), redaction, Messages::asked),
        text(content.document(), redaction, Messages::answered));
  }

  private static @Nullable String text(
      @Nullable Bytes document,
      Redaction redaction,
      BiFunction<Map<String, Object>, BoundedText, List<Object>> reader) {
    if (document == null) {
      return null;
    }
    try {
      List<Object> messages =
          reader.apply(Yaml.readJson(document.text()), new BoundedText(redaction));
      return messages.isEmpty() ? null : Yaml.writeJsonLine(messages);
    } catch (UncheckedIOException _) {
      return null; // a provider's own idea of JSON
    }
  }

  private static List<Object> asked(Map<String, Object> request, BoundedText boundedText) {
    List<Object> messages = new ArrayList<>();
    for (Object each : list(request.get("messages"))) {
      if (each instanceof Map<?, ?> message) {
        messages.add(message(message, boundedText));
      }
    }
    for (String name : List.of("prompt", "input")) {
      Object value = request.get(name);
      for (Object each : value instanceof String one ? List.of(one) : list(value)) {
        if (each instanceof String text) {
          messages.add(message("user", List.of(said(text, boundedText))));
        }
      }
    }
    return messages;
  }

  private static List<Object> answered(Map<String, Object> answer, BoundedText boundedText) {
    List<Object> messages = new ArrayList<>();
    for (Object each : list(answer.get("choices"))) {
      if (each instanceof Map<?, ?> choice) {
        Map<String, Object> message =
            choice.get("message") instanceof Map<?, ?> spoken
                ? message(spoken, boundedText)
                : message(
                    "assistant",
                    choice.get("text") instanceof String text
                        ? List.of(said(text, boundedText))
                        : List.of());
        if (choice.get("finish_reason") instanceof String reason
            && reason.matches("[a-z_]{1,32}")) {
          message.put("finish_reason", reason);
        }
        messages.add(message);
      }
    }
    return messages;
  }

  private static Map<String, Object> message(Map<?, ?> message, BoundedText boundedText) {
    String role =
        message.get("role") instanceof String name && ROLES.contains(name) ? name : "other";
    List<Object> parts = new ArrayList<>();
    Object content = message.get("content");
    if (content instanceof String text) {
      parts.add(
          role.equals("tool")
              ? part("tool_call_response", "response", boundedText.data(text))
              : said(text, boundedText));
    }
    list(content).forEach(each -> parts.add(part(each, boundedText)));
    for (Object each : list(message.get("tool_calls"))) {
      if (each instanceof Map<?, ?> call && call.get("function") instanceof Map<?, ?> function) {
        Map<String, Object> part =
            part("tool_call", "name", boundedText.data(function.get("name")));
        part.put("arguments", boundedText.data(function.get("arguments")));
        parts.add(part);
      }
    }
    return message(role, parts);
  }

  private static Map<String, Object> part(Object element, BoundedText boundedText) {
    if (element instanceof Map<?, ?> part && part.get("text") instanceof String text) {
      return said(text, boundedText);
    }
    Object type = element instanceof Map<?, ?> part ? part.get("type") : null;
    return part(
        "blob",
        "modality",
        type instanceof String name && name.matches("[a-z_]{1,32}") ? name : "unknown");
  }

  private static Map<String, Object> said(String text, BoundedText boundedText) {
    return part("text", "content", boundedText.text(text));
  }

  private static Map<String, Object> part(String type, String name, Object value) {
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("type", type);
    part.put(name, value);
    return part;
  }

  private static Map<String, Object> message(String role, List<Object> parts) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("parts", parts);
    return message;
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
