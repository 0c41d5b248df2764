package dev.drover.dialect.responses;

import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatRequest.Choice;
import dev.drover.dialect.chat.ChatRequest.Format;
import dev.drover.dialect.chat.ChatRequest.Labels;
import dev.drover.dialect.chat.ChatRequest.Reasoning;
import dev.drover.dialect.chat.ChatRequest.Role;
import dev.drover.dialect.chat.ChatRequest.Sampling;
import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolChoice;
import dev.drover.dialect.chat.ChatRequest.ToolKind;
import dev.drover.dialect.chat.ChatRequest.Turn;
import dev.drover.dialect.chat.Choices;
import dev.drover.dialect.chat.DataUrl;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Part.MediaKind;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a whole request in OpenAI's Responses API. Confined to one thread. */
final class ResponsesReader {
  private static final Set<String> READ =
      Set.of(
          "model",
          "stream",
          "input",
          "instructions",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "max_output_tokens",
          "temperature",
          "top_p",
          "reasoning",
          "text",
          "user",
          "safety_identifier",
          "prompt_cache_key",
          "store");

  private static final Set<String> MORE = Set.of("service_tier", "metadata");

  /** Fields that need the place where responses are stored, or without which all is another. */
  private static final Set<String> DECISIVE =
      Set.of("previous_response_id", "conversation", "prompt");

  private final Json body;
  private final Losses losses;
  private final Map<String, Json> more = new LinkedHashMap<>();
  private final List<Tool> tools = new ArrayList<>();
  private final List<String> hosted = new ArrayList<>(0);

  ResponsesReader(Json body, Losses losses) {
    this.body = body;
    this.losses = losses;
  }

  ChatRequest read() {
    body.members(this::other);
    List<Turn> turns = new ArrayList<>();
    if (!body.text("instructions").isEmpty()) {
      turns.add(new Turn(Role.SYSTEM, List.of(new Part.Text(body.text("instructions")))));
    }
    Json input = body.get("input");
    if (input.isText()) {
      turns.add(new Turn(Role.USER, List.of(new Part.Text(input.text()))));
    }
    input.elements().forEach(item -> item(turns, item));
    tools("", body.get("tools"));
    ToolChoice choice = choice(body.get("tool_choice"));
    losses.hosted(hosted, tools, choice);
    Json text = body.get("text");
    if (text.has("verbosity")) {
      more.put("verbosity", text.get("verbosity"));
    }
    long most = body.integer("max_output_tokens", 0);
    return new ChatRequest(
        body.isTrue("stream"),
        turns.stream().map(this::named).toList(),
        tools,
        choice,
        body.isFalse("parallel_tool_calls") ? Boolean.FALSE : null,
        most > 0 ? most : null,
        List.of(),
        new Sampling(body.get("temperature"), body.get("top_p"), Json.MISSING),
        reasoning(body.get("reasoning")),
        format(text.get("format")),
        new Labels(
            body.has("safety_identifier")
                ? body.text("safety_identifier")
                : body.textOrNull("user"),
            body.textOrNull("prompt_cache_key")),
        more);
  }

  private void other(String name, Json value) {
    if (READ.contains(name) || value.isNothing()) {
      return;
    }
    boolean background = name.equals("background") && body.isTrue(name);
    boolean probabilities = name.equals("top_logprobs") && body.integer(name, 0) > 0;
    if (MORE.contains(name)) {
      more.put(name, value);
    } else if (DECISIVE.contains(name) || background || probabilities) {
      losses.refuse(name);
    } else if (!name.equals("background") && !name.equals("top_logprobs")) {
      losses.drop(name);
    }
  }

  private void item(List<Turn> turns, Json item) {
    String type = item.text("type");
    switch (type) {
      case "", "message" ->
          turns.add(new Turn(role(item.text("role")), parts(item.get("content"))));
      case "function_call", "custom_tool_call" ->
          turns.add(new Turn(Role.ASSISTANT, List.of(call(item, type))));
      case "function_call_output", "custom_tool_call_output" ->
          turns.add(
              new Turn(
                  Role.USER,
                  List.of(
                      new Part.ToolResult(
                          item.text("call_id"), parts(item.get("output")), false, Json.MISSING))));
      case "reasoning" -> turns.add(new Turn(Role.ASSISTANT, List.of(thinking(item))));
      case "additional_tools" -> tools("", item.get("tools"));
      case "web_search_call",
          "file_search_call",
          "code_interpreter_call",
          "tool_search_call",
          "tool_search_output" ->
          losses.drop("input." + type);
      default -> losses.refuse("input." + type);
    }
  }

  /** Calls come back without the namespace of their tool. */
  private Turn named(Turn turn) {
    return new Turn(turn.role(), turn.parts().stream().map(this::named).toList());
  }

  private Part named(Part part) {
    if (!(part instanceof Part.ToolCall call) || !call.namespace().isEmpty()) {
      return part;
    }
    Tool tool = ToolNames.only(tools, call.name());
    return tool == null || tool.namespace().isEmpty()
        ? part
        : new Part.ToolCall(
            call.kind(), call.id(), tool.namespace(), call.name(), call.arguments(), call.cache());
  }

  private static Role role(String name) {
    return switch (name) {
      case "assistant" -> Role.ASSISTANT;
      case "system", "developer" -> Role.SYSTEM;
      default -> Role.USER;
    };
  }

  private static Part call(Json item, String type) {
    boolean custom = type.equals("custom_tool_call");
    return new Part.ToolCall(
        custom ? ToolKind.CUSTOM : ToolKind.FUNCTION,
        item.text("call_id"),
        item.text("namespace"),
        item.text("name"),
        item.text(custom ? "input" : "arguments"),
        Json.MISSING);
  }

  private static Part thinking(Json item) {
    StringBuilder text = new StringBuilder();
    for (String field : List.of("summary", "content")) {
      for (Json part : item.get(field).elements()) {
        text.append(text.isEmpty() ? "" : "\n\n").append(part.text("text"));
      }
    }
    Signature signature =
        Signature.brought(ResponsesClient.NAME, item.textOrNull("encrypted_content"));
    if (signature != null && signature.api().equals(ResponsesClient.NAME)) {
      signature = ReasoningItems.signature(item.text("id"), signature.value());
    }
    return new Part.Thinking(text.toString(), signature);
  }

  private List<Part> parts(Json content) {
    if (content.isText()) {
      return List.of(new Part.Text(content.text()));
    }
    List<Part> parts = new ArrayList<>();
    for (Json part : content.elements()) {
      Part read = part(part);
      if (read != null) {
        parts.add(read);
      }
    }
    return parts;
  }

  private @Nullable Part part(Json part) {
    String type = part.text("type");
    return switch (type) {
      case "input_text", "output_text", "text" -> new Part.Text(part.text("text"));
      case "refusal" -> new Part.Refusal(part.text("refusal"));
      case "input_image" ->
          part.has("file_id")
              ? stored(MediaKind.IMAGE, part)
              : DataUrl.media(
                  MediaKind.IMAGE, part.text("image_url"), "", part.text("detail"), Json.MISSING);
      case "input_file" -> file(part);
      default -> {
        losses.refuse("input.content." + type);
        yield null;
      }
    };
  }

  private static Part file(Json part) {
    if (part.has("file_id")) {
      return stored(MediaKind.DOCUMENT, part);
    }
    String url = part.has("file_url") ? part.text("file_url") : part.text("file_data");
    return DataUrl.media(MediaKind.DOCUMENT, url, part.text("filename"), "", Json.MISSING);
  }

  private static Part stored(MediaKind kind, Json part) {
    return new Part.Media(
        kind, "", null, null, part.text("file_id"), part.text("filename"), "", Json.MISSING);
  }

  private void tools(String namespace, Json list) {
    for (Json tool : list.elements()) {
      String type = tool.text("type");
      switch (type) {
        case "function" ->
            tools.add(
                new Tool(
                    ToolKind.FUNCTION,
                    namespace,
                    tool.text("name"),
                    tool.text("description"),
                    tool.get("parameters"),
                    tool.isTrue("strict") ? Boolean.TRUE : null,
                    Json.MISSING));
        case "custom" ->
            tools.add(
                new Tool(
                    ToolKind.CUSTOM,
                    namespace,
                    tool.text("name"),
                    tool.text("description"),
                    tool.get("format"),
                    null,
                    Json.MISSING));
        case "namespace" -> tools(tool.text("name"), tool.get("tools"));
        default -> hosted.add(type);
      }
    }
  }

  private @Nullable ToolChoice choice(Json choice) {
    if (choice.text("type").equals("allowed_tools")) {
      return Choices.allowed(choice, tools, hosted);
    }
    if (choice.isObject() && choice.text("name").isEmpty()) {
      losses.refuse("tool_choice." + choice.text("type"));
      return null;
    }
    if (choice.isObject()) {
      return new ToolChoice(Choice.NAMED, choice.text("name"));
    }
    return Choices.word(choice.text());
  }

  private static @Nullable Reasoning reasoning(Json reasoning) {
    String effort = reasoning.text("effort");
    boolean shown = !reasoning.text("summary").isEmpty();
    return effort.isEmpty() && !shown
        ? null
        : new Reasoning(effort.isEmpty() ? "medium" : effort, null, shown);
  }

  private static @Nullable Format format(Json format) {
    return switch (format.text("type")) {
      case "json_object" -> new Format("", Json.MISSING, null);
      case "json_schema" ->
          new Format(
              format.text("name"),
              format.get("schema"),
              format.isTrue("strict")
                  ? Boolean.TRUE
                  : format.isFalse("strict") ? Boolean.FALSE : null);
      default -> null;
    };
  }
}
