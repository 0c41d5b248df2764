package dev.drover.telemetry.trace;

import dev.drover.config.Yaml;
import dev.drover.exchange.Content;
import dev.drover.types.Bytes;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was said, in the form of OpenTelemetry's GenAI conventions: messages of parts, redacted.
 * Text and calls of tools are told; images, sounds and files only as such.
 *
 * @param input as JSON text
 * @param output as JSON text
 */
record Messages(@Nullable String input, @Nullable String output) {
  static Messages of(Content content, Redaction redaction) {
    Form form = new Form(redaction);
    return new Messages(
        text(content.request(), form::asked), text(content.document(), form::answered));
  }

  private interface Reader {
    List<Object> read(Map<String, Object> document);
  }

  private static @Nullable String text(@Nullable Bytes document, Reader reader) {
    if (document == null) {
      return null;
    }
    try {
      List<Object> messages = reader.read(Yaml.readJson(document.text()));
      return messages.isEmpty() ? null : Yaml.writeJsonLine(messages);
    } catch (UncheckedIOException _) {
      return null; // a provider's own idea of JSON
    }
  }

  private record Form(Redaction redaction) {
    List<Object> asked(Map<String, Object> request) {
      List<Object> messages = new ArrayList<>();
      for (Object each : list(request.get("messages"))) {
        if (each instanceof Map<?, ?> message) {
          messages.add(message(message, String.valueOf(message.get("role"))));
        }
      }
      for (String name : List.of("prompt", "input")) {
        for (Object each :
            request.get(name) instanceof String one ? List.of(one) : list(request.get(name))) {
          if (each instanceof String text) {
            messages.add(message("user", List.of(said(text))));
          }
        }
      }
      return messages;
    }

    List<Object> answered(Map<String, Object> answer) {
      List<Object> messages = new ArrayList<>();
      for (Object each : list(answer.get("choices"))) {
        if (each instanceof Map<?, ?> choice) {
          Map<String, Object> message =
              choice.get("message") instanceof Map<?, ?> spoken
                  ? message(spoken, "assistant")
                  : message(
                      "assistant",
                      choice.get("text") instanceof String text ? List.of(said(text)) : List.of());
          if (choice.get("finish_reason") instanceof String reason) {
            message.put("finish_reason", reason);
          }
          messages.add(message);
        }
      }
      return messages;
    }

    private Map<String, Object> message(Map<?, ?> message, String role) {
      List<Object> parts = new ArrayList<>();
      if (role.equals("tool")) {
        parts.add(part("tool_call_response", "response", clean(message.get("content"))));
        return message(role, parts);
      }
      Object content = message.get("content");
      if (content instanceof String text) {
        parts.add(said(text));
      }
      list(content).forEach(each -> parts.add(part(each)));
      for (Object each : list(message.get("tool_calls"))) {
        if (each instanceof Map<?, ?> call && call.get("function") instanceof Map<?, ?> function) {
          Map<String, Object> part = part("tool_call", "name", clean(function.get("name")));
          part.put("arguments", clean(function.get("arguments")));
          parts.add(part);
        }
      }
      return message(role, parts);
    }

    private Map<String, Object> part(Object element) {
      if (element instanceof Map<?, ?> part && part.get("text") instanceof String text) {
        return said(text);
      }
      Object type = element instanceof Map<?, ?> part ? part.get("type") : null;
      return part("blob", "modality", type instanceof String name ? clean(name) : "unknown");
    }

    private Map<String, Object> said(String text) {
      return part("text", "content", redaction.apply(text));
    }

    private String clean(@Nullable Object value) {
      return value == null
          ? ""
          : redaction.apply(value instanceof String text ? text : Yaml.writeJsonLine(value));
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
}
