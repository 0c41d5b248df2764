package dev.drover.dialect.openai;

import dev.drover.dialect.ModelRules;
import dev.drover.dialect.TargetModel;
import dev.drover.dialect.chat.CallIds;
import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatRequest.Reasoning;
import dev.drover.dialect.chat.ChatRequest.Role;
import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolChoice;
import dev.drover.dialect.chat.ChatRequest.Turn;
import dev.drover.dialect.chat.CustomTools;
import dev.drover.dialect.chat.DataUrl;
import dev.drover.dialect.chat.Efforts;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Part.MediaKind;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a chat request in OpenAI's first API. Confined to one thread. */
final class ChatWriter {
  private static final int MOST_STOPS = 4;

  /** Fields that OpenAI takes; it takes metadata only of responses that it stores. */
  private static final Set<String> OWN = Set.of("verbosity", "service_tier");

  /** The longest name of a user that OpenAI takes. */
  private static final int LONGEST_USER = 64;

  /** The longest id of a call that OpenAI takes. */
  private static final int LONGEST_ID = 40;

  private static final String FAILED = "The tool failed: ";

  private final ChatRequest request;
  private final TargetModel target;
  private final ModelRules rules;
  private final Losses losses;

  ChatWriter(ChatRequest request, TargetModel target, Losses losses) {
    this.request = request;
    this.target = target;
    this.rules = ModelRules.of(target.model());
    this.losses = losses;
  }

  Bytes write() {
    return JsonOut.object(this::body);
  }

  private void body(JsonOut out) {
    out.put("model", target.model());
    out.array("messages", this::messages);
    if (!request.tools().isEmpty()) {
      out.array("tools", tools -> request.tools().forEach(tool -> tools.add(t -> tool(t, tool))));
      toolChoice(out);
      if (request.parallelTools() != null) {
        out.put("parallel_tool_calls", request.parallelTools().booleanValue());
      }
    }
    if (request.maxOutput() != null) {
      String name = rules.completionTokens() ? "max_completion_tokens" : "max_tokens";
      out.put(name, request.maxOutput());
    }
    sampling(out);
    reasoning(out);
    format(out);
    labels(out);
    if (request.stream()) {
      out.put("stream", true);
      if (target.streamUsage()) {
        out.object("stream_options", options -> options.put("include_usage", true));
      }
    }
  }

  private void messages(JsonOut out) {
    List<Turn> turns = request.turns();
    int at = 0;
    StringBuilder system = new StringBuilder();
    for (; at < turns.size() && turns.get(at).role() == Role.SYSTEM; at++) {
      turns.get(at).parts().forEach(part -> join(system, text(part)));
    }
    if (!system.isEmpty()) {
      out.add(message -> message.put("role", "system").put("content", system.toString()));
    }
    for (; at < turns.size(); at++) {
      at = isAssistant(at) ? assistant(out, at) : others(out, at);
    }
  }

  private String text(Part part) {
    mark(part.cache());
    return part instanceof Part.Text text ? text.text() : "";
  }

  private static void join(StringBuilder all, String text) {
    if (!text.isEmpty()) {
      all.append(all.isEmpty() ? "" : "\n\n").append(text);
    }
  }

  private void mark(Json cache) {
    if (!cache.isNothing()) {
      losses.drop("cache_control");
    }
  }

  /** Turns of the assistant in a row are one message: calls that belong together stay together. */
  private int assistant(JsonOut out, int first) {
    StringBuilder words = new StringBuilder();
    StringBuilder thoughts = new StringBuilder();
    List<Part.ToolCall> calls = new ArrayList<>();
    int at = first;
    for (; at < request.turns().size(); at++) {
      Turn turn = request.turns().get(at);
      if (turn.role() != Role.ASSISTANT) {
        break;
      }
      for (Part part : turn.parts()) {
        mark(part.cache());
        switch (part) {
          case Part.Text text -> words.append(text.text());
          case Part.Refusal refusal -> words.append(refusal.text());
          case Part.Thinking thinking -> thoughts.append(thinking.text());
          case Part.ToolCall call -> calls.add(call);
          case Part.Media _, Part.ToolResult _ -> losses.drop("messages.assistant.content");
        }
      }
    }
    if (!thoughts.isEmpty() && !rules.reasoningHistory()) {
      losses.drop("thinking");
      thoughts.setLength(0);
    } else if (thoughts.isEmpty() && rules.reasoningHistory() && !calls.isEmpty()) {
      thoughts.append(' '); // such a host refuses calls without thoughts, and empty ones
    }
    boolean thought = !thoughts.isEmpty();
    if (!words.isEmpty() || !calls.isEmpty() || thought) {
      out.add(
          message -> {
            message.put("role", "assistant");
            if (words.isEmpty() && !calls.isEmpty()) {
              message.putNull("content");
            } else {
              message.put("content", words.toString());
            }
            message.put(ReasoningDetails.TEXT, thought ? thoughts.toString() : null);
            if (!calls.isEmpty()) {
              message.array(
                  "tool_calls", all -> calls.forEach(call -> all.add(c -> call(c, call))));
            }
          });
    }
    return at - 1;
  }

  private static void call(JsonOut out, Part.ToolCall call) {
    out.put("id", CallIds.sent(call.id(), LONGEST_ID)).put("type", "function");
    out.object(
        "function",
        function -> {
          function.put("name", ToolNames.sent(call.namespace(), call.name()));
          Json arguments = CustomTools.arguments(call);
          function.put(
              "arguments", arguments.isNothing() ? call.arguments() : arguments.toString());
        });
  }

  /**
   * Writes what the user's side says between two turns of the assistant: results of tools come
   * first, in order; what they show follows as the user's words.
   */
  private int others(JsonOut out, int first) {
    List<Part> shown = new ArrayList<>();
    int at = first;
    for (; at < request.turns().size() && !isAssistant(at); at++) {
      for (Part part : request.turns().get(at).parts()) {
        if (part instanceof Part.ToolResult result) {
          mark(result.cache());
          result(out, result, shown);
        }
      }
    }
    user(out, shown);
    for (Turn turn : request.turns().subList(first, at)) {
      List<Part> rest =
          turn.parts().stream().filter(part -> !(part instanceof Part.ToolResult)).toList();
      if (turn.role() == Role.SYSTEM) {
        StringBuilder words = new StringBuilder();
        rest.forEach(part -> join(words, text(part)));
        out.add(message -> message.put("role", "system").put("content", words.toString()));
      } else {
        user(out, rest);
      }
    }
    return at - 1;
  }

  private boolean isAssistant(int at) {
    return request.turns().get(at).role() == Role.ASSISTANT;
  }

  private void user(JsonOut out, List<Part> parts) {
    if (parts.isEmpty()) {
      return;
    }
    boolean single = parts.size() == 1 && parts.getFirst() instanceof Part.Text;
    out.add(
        message -> {
          message.put("role", "user");
          if (single) {
            message.put("content", text(parts.getFirst()));
          } else {
            message.array("content", all -> parts.forEach(part -> part(all, part)));
          }
        });
  }

  private static void result(JsonOut out, Part.ToolResult result, List<Part> others) {
    StringBuilder words = new StringBuilder(result.error() ? FAILED : "");
    List<Part> shown = new ArrayList<>();
    boolean first = true;
    for (Part part : result.content()) {
      if (part instanceof Part.Text text) {
        words.append(first ? "" : "\n").append(text.text());
        first = false;
      } else {
        shown.add(part);
      }
    }
    String id = CallIds.sent(result.callId(), LONGEST_ID);
    if (!shown.isEmpty()) {
      words.append(words.isEmpty() ? "" : "\n").append("What it shows is in the next message.");
      others.add(new Part.Text("The result of tool call " + id + " shows:"));
      others.addAll(shown);
    }
    out.add(
        message ->
            message.put("role", "tool").put("tool_call_id", id).put("content", words.toString()));
  }

  private void part(JsonOut out, Part part) {
    mark(part.cache());
    switch (part) {
      case Part.Text text -> out.add(p -> p.put("type", "text").put("text", text.text()));
      case Part.Refusal refusal -> out.add(p -> p.put("type", "text").put("text", refusal.text()));
      case Part.Media media -> media(out, media);
      case Part.Thinking _, Part.ToolCall _, Part.ToolResult _ ->
          losses.drop("messages.user.content");
    }
  }

  private static @Nullable String detail(String detail) {
    return switch (detail) {
      case "" -> null;
      case "original" -> "high";
      default -> detail;
    };
  }

  private void media(JsonOut out, Part.Media media) {
    if (media.fileId() != null) {
      losses.refuse(media.kind() == MediaKind.IMAGE ? "image.file_id" : "file.file_id");
      return;
    }
    switch (media.kind()) {
      case IMAGE ->
          out.add(
              part -> {
                part.put("type", "image_url");
                part.object(
                    "image_url",
                    image -> {
                      image.put("url", DataUrl.of(media));
                      image.put("detail", detail(media.detail()));
                    });
              });
      case DOCUMENT -> {
        if (media.data() == null) {
          losses.refuse("document.url");
          return;
        }
        out.add(
            part -> {
              part.put("type", "file");
              part.object(
                  "file",
                  file -> {
                    file.put("filename", media.name().isEmpty() ? "document.pdf" : media.name());
                    file.put("file_data", DataUrl.of(media));
                  });
            });
      }
      case AUDIO ->
          out.add(
              part -> {
                part.put("type", "input_audio");
                part.object(
                    "input_audio",
                    audio ->
                        audio
                            .put("data", media.data())
                            .put("format", media.mediaType().replaceFirst("^audio/", "")));
              });
    }
  }

  private void tool(JsonOut out, Tool tool) {
    mark(tool.cache());
    out.put("type", "function");
    out.object(
        "function",
        function -> {
          function.put("name", ToolNames.sent(tool.namespace(), tool.name()));
          String description = CustomTools.description(tool);
          function.put("description", description.isEmpty() ? null : description);
          function.put("parameters", CustomTools.schema(tool));
          if (tool.strict() != null) {
            function.put("strict", tool.strict().booleanValue());
          }
        });
  }

  private void toolChoice(JsonOut out) {
    ToolChoice choice = request.toolChoice();
    if (choice == null) {
      return;
    }
    switch (choice.choice()) {
      case AUTO -> out.put("tool_choice", "auto");
      case ANY -> out.put("tool_choice", "required");
      case NONE -> out.put("tool_choice", "none");
      case NAMED ->
          out.object(
              "tool_choice",
              object -> {
                object.put("type", "function");
                String name = CustomTools.sentName(request.tools(), choice.name());
                object.object("function", function -> function.put("name", name));
              });
    }
  }

  private void sampling(JsonOut out) {
    ChatRequest.Sampling sampling = request.sampling();
    boolean refused = rules.completionTokens() && !rules.efforts().isEmpty();
    if (refused && !sampling.temperature().isNothing()) {
      losses.drop("temperature");
    } else {
      out.put("temperature", sampling.temperature());
    }
    if (refused && !sampling.topP().isNothing()) {
      losses.drop("top_p");
    } else {
      out.put("top_p", sampling.topP());
    }
    if (!sampling.topK().isNothing()) {
      losses.drop("top_k");
    }
    List<String> stops = request.stop();
    if (stops.size() > MOST_STOPS) {
      losses.drop("stop_sequences");
    }
    if (!stops.isEmpty() && rules.refusesStop()) {
      losses.drop("stop");
    } else if (!stops.isEmpty()) {
      out.array("stop", all -> stops.stream().limit(MOST_STOPS).forEach(all::add));
    }
  }

  private void reasoning(JsonOut out) {
    Reasoning reasoning = request.reasoning();
    if (reasoning == null) {
      return;
    }
    String effort = rules.effort(Efforts.of(reasoning));
    if (effort.isEmpty()) {
      losses.drop("reasoning");
    } else {
      out.put("reasoning_effort", effort);
    }
  }

  private void format(JsonOut out) {
    ChatRequest.Format format = request.format();
    if (format == null) {
      return;
    }
    out.object(
        "response_format",
        object -> {
          if (!format.schema().isObject()) {
            object.put("type", "json_object");
            return;
          }
          object.put("type", "json_schema");
          object.object(
              "json_schema",
              schema -> {
                schema.put("name", format.name().isEmpty() ? "response" : format.name());
                schema.put("schema", format.schema());
                if (format.strict() != null) {
                  schema.put("strict", format.strict().booleanValue());
                }
              });
        });
  }

  /** Other hosts than OpenAI refuse fields that they do not know. */
  private void labels(JsonOut out) {
    boolean own = rules.completionTokens();
    String user = request.labels().user();
    if (user != null && own) {
      out.put("user", user.length() > LONGEST_USER ? Sha256.hex(user) : user);
    } else if (user != null) {
      losses.drop("user");
    }
    String key = request.labels().cacheKey();
    if (key != null && own) {
      out.put("prompt_cache_key", key);
    } else if (key != null) {
      losses.drop("prompt_cache_key");
    }
    request
        .more()
        .forEach(
            (name, value) -> {
              if (own && OWN.contains(name)) {
                out.put(name, value);
              } else {
                losses.drop(name);
              }
            });
  }
}
