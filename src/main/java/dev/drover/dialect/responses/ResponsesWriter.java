package dev.drover.dialect.responses;

import dev.drover.dialect.ModelRules;
import dev.drover.dialect.TargetModel;
import dev.drover.dialect.chat.CallIds;
import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatRequest.Reasoning;
import dev.drover.dialect.chat.ChatRequest.Role;
import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolChoice;
import dev.drover.dialect.chat.ChatRequest.ToolKind;
import dev.drover.dialect.chat.ChatRequest.Turn;
import dev.drover.dialect.chat.CustomTools;
import dev.drover.dialect.chat.DataUrl;
import dev.drover.dialect.chat.Efforts;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Part.MediaKind;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.Sha256;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes a request in OpenAI's Responses API. Confined to one thread. */
final class ResponsesWriter {
  private static final int LONGEST_USER = 64;

  /** The longest id of a call that the API takes. */
  private static final int LONGEST_ID = 64;

  private static final long LEAST_OUTPUT = 16;
  private static final Set<String> MORE = Set.of("service_tier", "metadata", "verbosity", "store");

  private final ChatRequest request;
  private final TargetModel target;
  private final ModelRules rules;
  private final Losses losses;
  private final Set<String> customCalls = new HashSet<>();

  ResponsesWriter(ChatRequest request, TargetModel target, Losses losses) {
    this.request = request;
    this.target = target;
    this.rules = ModelRules.of(target.model());
    this.losses = losses;
    for (Turn turn : request.turns()) {
      for (Part part : turn.parts()) {
        if (part instanceof Part.ToolCall call && call.kind() == ToolKind.CUSTOM) {
          customCalls.add(call.id());
        }
      }
    }
  }

  Bytes write() {
    return JsonOut.object(this::body);
  }

  private void body(JsonOut out) {
    out.put("model", target.model());
    StringBuilder instructions = new StringBuilder();
    int first = 0;
    while (first < request.turns().size() && request.turns().get(first).role() == Role.SYSTEM) {
      for (Part part : request.turns().get(first++).parts()) {
        mark(part.cache());
        if (part instanceof Part.Text text && !text.text().isEmpty()) {
          instructions.append(instructions.isEmpty() ? "" : "\n\n").append(text.text());
        }
      }
    }
    out.put("instructions", instructions.isEmpty() ? null : instructions.toString());
    List<Turn> turns = request.turns().subList(first, request.turns().size());
    out.array("input", items -> turns.forEach(turn -> turn(items, turn)));
    if (!request.tools().isEmpty()) {
      out.array("tools", tools -> request.tools().forEach(tool -> tools.add(t -> tool(t, tool))));
      toolChoice(out);
      if (request.parallelTools() != null) {
        out.put("parallel_tool_calls", request.parallelTools().booleanValue());
      }
    }
    if (request.maxOutput() != null) {
      out.put("max_output_tokens", Math.max(LEAST_OUTPUT, request.maxOutput()));
    }
    sampling(out);
    reasoning(out);
    text(out);
    labels(out);
    out.put("store", false);
    if (request.stream()) {
      out.put("stream", true);
    }
  }

  private void mark(Json cache) {
    if (!cache.isNothing()) {
      losses.drop("cache_control");
    }
  }

  private void turn(JsonOut items, Turn turn) {
    List<Part> words = new ArrayList<>();
    for (Part part : turn.parts()) {
      mark(part.cache());
      switch (part) {
        case Part.ToolCall call -> {
          message(items, turn.role(), words);
          items.add(item -> call(item, call));
        }
        case Part.ToolResult result -> {
          message(items, turn.role(), words);
          items.add(item -> result(item, result));
        }
        case Part.Thinking thinking -> thinking(items, turn, words, thinking);
        case Part.Text _, Part.Refusal _, Part.Media _ -> words.add(part);
      }
    }
    message(items, turn.role(), words);
  }

  private void thinking(JsonOut items, Turn turn, List<Part> words, Part.Thinking thinking) {
    Signature signature = thinking.signature();
    if (signature == null || !signature.api().equals(ResponsesClient.NAME)) {
      losses.drop("thinking");
      return;
    }
    message(items, turn.role(), words);
    items.add(item -> ReasoningItems.item(item, thinking.text(), signature.value()));
  }

  private void message(JsonOut items, Role role, List<Part> words) {
    if (words.isEmpty()) {
      return;
    }
    List<Part> said = List.copyOf(words);
    words.clear();
    items.add(
        item -> {
          item.put("type", "message");
          item.put(
              "role",
              switch (role) {
                case SYSTEM -> "developer";
                case USER -> "user";
                case ASSISTANT -> "assistant";
              });
          item.array("content", parts -> said.forEach(part -> part(parts, role, part)));
        });
  }

  private void part(JsonOut parts, Role role, Part part) {
    String type = role == Role.ASSISTANT ? "output_text" : "input_text";
    switch (part) {
      case Part.Text text -> parts.add(p -> p.put("type", type).put("text", text.text()));
      case Part.Refusal refusal ->
          parts.add(
              p -> {
                if (role == Role.ASSISTANT) {
                  p.put("type", "refusal").put("refusal", refusal.text());
                } else {
                  p.put("type", type).put("text", refusal.text());
                }
              });
      case Part.Media media -> media(parts, media);
      case Part.Thinking _, Part.ToolCall _, Part.ToolResult _ -> losses.drop("messages.content");
    }
  }

  private void media(JsonOut parts, Part.Media media) {
    if (media.fileId() != null) {
      losses.refuse(media.kind() == MediaKind.IMAGE ? "image.file_id" : "file.file_id");
      return;
    }
    switch (media.kind()) {
      case IMAGE ->
          parts.add(
              part ->
                  part.put("type", "input_image")
                      .put("image_url", DataUrl.of(media))
                      .put("detail", media.detail().isEmpty() ? "auto" : media.detail()));
      case DOCUMENT ->
          parts.add(
              part -> {
                part.put("type", "input_file");
                if (media.data() == null && media.url() == null) {
                  losses.refuse("document");
                } else if (media.data() == null) {
                  part.put("file_url", media.url());
                } else {
                  part.put("filename", media.name().isEmpty() ? "document.pdf" : media.name());
                  part.put("file_data", DataUrl.of(media));
                }
              });
      case AUDIO -> losses.refuse("input_audio");
    }
  }

  private static void call(JsonOut item, Part.ToolCall call) {
    boolean custom = call.kind() == ToolKind.CUSTOM;
    item.put("type", custom ? "custom_tool_call" : "function_call")
        .put("call_id", CallIds.sent(call.id(), LONGEST_ID));
    item.put("name", ToolNames.sent(call.namespace(), call.name()));
    if (custom) {
      item.put("input", call.arguments());
    } else {
      item.put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
    }
  }

  private void result(JsonOut item, Part.ToolResult result) {
    boolean custom = customCalls.contains(result.callId());
    item.put("type", custom ? "custom_tool_call_output" : "function_call_output");
    item.put("call_id", CallIds.sent(result.callId(), LONGEST_ID));
    List<Part> content = result.content();
    String failed = result.error() ? "The tool failed: " : "";
    if (content.stream().allMatch(part -> part instanceof Part.Text)) {
      StringBuilder text = new StringBuilder();
      content.forEach(
          part -> text.append(text.isEmpty() ? "" : "\n").append(((Part.Text) part).text()));
      item.put("output", failed + text);
      return;
    }
    item.array(
        "output",
        parts -> {
          if (result.error()) {
            part(parts, Role.USER, new Part.Text(failed));
          }
          content.forEach(part -> part(parts, Role.USER, part));
        });
  }

  private void tool(JsonOut out, Tool tool) {
    mark(tool.cache());
    boolean custom = tool.kind() == ToolKind.CUSTOM;
    out.put("type", custom ? "custom" : "function");
    out.put("name", ToolNames.sent(tool.namespace(), tool.name()));
    out.put("description", tool.description().isEmpty() ? null : tool.description());
    if (custom) {
      if (tool.schema().has("definition")) {
        out.object("format", format -> format.put("type", "grammar").all(grammar(tool)));
      }
    } else {
      out.put("parameters", CustomTools.schema(tool));
      out.put("strict", Boolean.TRUE.equals(tool.strict()));
    }
  }

  private static Json grammar(Tool tool) {
    return JsonOut.tree(
        out ->
            out.put("syntax", tool.schema().text("syntax"))
                .put("definition", tool.schema().text("definition")));
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
                boolean custom =
                    request.tools().stream()
                        .anyMatch(
                            tool ->
                                tool.name().equals(choice.name())
                                    && tool.kind() == ToolKind.CUSTOM);
                object.put("type", custom ? "custom" : "function");
                object.put("name", CustomTools.sentName(request.tools(), choice.name()));
              });
    }
  }

  private void sampling(JsonOut out) {
    ChatRequest.Sampling sampling = request.sampling();
    boolean refused = !rules.efforts().isEmpty();
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
    if (!request.stop().isEmpty()) {
      losses.drop("stop");
    }
  }

  private void reasoning(JsonOut out) {
    if (rules.efforts().isEmpty()) {
      if (request.reasoning() != null) {
        losses.drop("reasoning");
      }
      return;
    }
    out.array("include", all -> all.add("reasoning.encrypted_content"));
    Reasoning reasoning = request.reasoning();
    if (reasoning != null) {
      out.object(
          "reasoning",
          object -> {
            object.put("effort", rules.effort(Efforts.of(reasoning)));
            object.put("summary", reasoning.shown() ? "auto" : null);
          });
    }
  }

  private void text(JsonOut out) {
    ChatRequest.Format format = request.format();
    Json verbosity = request.more().getOrDefault("verbosity", Json.MISSING);
    if (format == null && verbosity.isNothing()) {
      return;
    }
    out.object(
        "text",
        text -> {
          text.put("verbosity", verbosity);
          if (format != null) {
            text.object("format", object -> format(object, format));
          }
        });
  }

  private static void format(JsonOut out, ChatRequest.Format format) {
    if (!format.schema().isObject()) {
      out.put("type", "json_object");
      return;
    }
    out.put("type", "json_schema")
        .put("name", format.name().isEmpty() ? "response" : format.name());
    out.put("schema", format.schema());
    if (format.strict() != null) {
      out.put("strict", format.strict().booleanValue());
    }
  }

  private void labels(JsonOut out) {
    String user = request.labels().user();
    if (user != null) {
      out.put("safety_identifier", user.length() > LONGEST_USER ? Sha256.hex(user) : user);
    }
    out.put("prompt_cache_key", request.labels().cacheKey());
    request
        .more()
        .forEach(
            (name, value) -> {
              boolean stored = name.equals("store") && value.isTrue();
              if (!MORE.contains(name) || stored) {
                losses.drop(name);
              } else if (!name.equals("verbosity") && !name.equals("store")) {
                out.put(name, value);
              }
            });
  }
}
