package dev.drover.dialect.openai;

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
import dev.drover.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a whole chat request in OpenAI's first API. Confined to one thread. */
final class ChatReader {
  private static final Set<String> READ =
      Set.of(
          "model",
          "stream",
          "stream_options",
          "max_tokens",
          "max_completion_tokens",
          "messages",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "temperature",
          "top_p",
          "top_k",
          "stop",
          "reasoning_effort",
          "response_format",
          "user",
          "safety_identifier",
          "prompt_cache_key");

  /** Fields that another API may have under the same name. */
  private static final Set<String> MORE =
      Set.of(
          "seed",
          "presence_penalty",
          "frequency_penalty",
          "verbosity",
          "service_tier",
          "metadata",
          "store");

  /** Fields without which the result would be another. */
  private static final Set<String> DECISIVE =
      Set.of("functions", "function_call", "audio", "modalities", "web_search_options");

  private final Json body;
  private final Losses losses;
  private final Map<String, Json> more = new LinkedHashMap<>();

  ChatReader(Json body, Losses losses) {
    this.body = body;
    this.losses = losses;
  }

  ChatRequest read() {
    body.members(this::other);
    List<Turn> turns = new ArrayList<>();
    body.get("messages").elements().forEach(message -> turns.add(turn(message)));
    List<Tool> tools = new ArrayList<>();
    List<String> hosted = tools(tools);
    ToolChoice choice = choice(body.get("tool_choice"), tools, hosted);
    losses.hosted(hosted, tools, choice);
    return new ChatRequest(
        body.isTrue("stream"),
        turns,
        tools,
        choice,
        body.isFalse("parallel_tool_calls") ? Boolean.FALSE : null,
        maxOutput(),
        stop(body.get("stop")),
        new Sampling(body.get("temperature"), body.get("top_p"), body.get("top_k")),
        reasoning(),
        format(body.get("response_format")),
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
    boolean several = name.equals("n") && body.integer("n", 1) > 1;
    boolean textOnly = name.equals("modalities") && value.toString().equals("[\"text\"]");
    boolean probabilities = name.equals("logprobs") && body.isTrue("logprobs");
    if (MORE.contains(name)) {
      more.put(name, value);
    } else if (textOnly) {
      return;
    } else if (DECISIVE.contains(name) || several || probabilities) {
      losses.refuse(name);
    } else if (!name.equals("n") && !name.equals("logprobs")) {
      losses.drop(name);
    }
  }

  private @Nullable Long maxOutput() {
    long most = Math.max(body.integer("max_completion_tokens", 0), body.integer("max_tokens", 0));
    return most > 0 ? most : null;
  }

  private static List<String> stop(Json stop) {
    return stop.isText() ? List.of(stop.text()) : stop.elements().stream().map(Json::text).toList();
  }

  private Turn turn(Json message) {
    String role = message.text("role");
    Json cache = message.get("cache_control");
    return switch (role) {
      case "system", "developer" -> new Turn(Role.SYSTEM, parts(message.get("content"), cache));
      case "assistant" -> new Turn(Role.ASSISTANT, assistant(message, cache));
      case "tool" ->
          new Turn(
              Role.USER,
              List.of(
                  new Part.ToolResult(
                      message.text("tool_call_id"),
                      parts(message.get("content"), Json.MISSING),
                      false,
                      cache)));
      case "user" -> new Turn(Role.USER, parts(message.get("content"), cache));
      default -> {
        losses.refuse("messages.role." + role);
        yield new Turn(Role.USER, List.of());
      }
    };
  }

  private List<Part> assistant(Json message, Json cache) {
    List<Part> parts = new ArrayList<>(ReasoningDetails.read(message));
    parts.addAll(parts(message.get("content"), cache));
    if (!message.text("refusal").isEmpty()) {
      parts.add(new Part.Refusal(message.text("refusal")));
    }
    for (Json call : message.get("tool_calls").elements()) {
      boolean custom = call.text("type").equals("custom");
      Json function = call.get(custom ? "custom" : "function");
      parts.add(
          new Part.ToolCall(
              custom ? ToolKind.CUSTOM : ToolKind.FUNCTION,
              call.text("id"),
              "",
              function.text("name"),
              function.text(custom ? "input" : "arguments"),
              call.get("cache_control")));
    }
    return parts;
  }

  /**
   * @param cache a mark on the message as a whole, which its last part gets
   */
  private List<Part> parts(Json content, Json cache) {
    if (content.isText()) {
      return List.of(new Part.Text(content.text(), cache));
    }
    List<Part> parts = new ArrayList<>();
    List<Json> elements = content.elements();
    for (int i = 0; i < elements.size(); i++) {
      Json own = elements.get(i).get("cache_control");
      boolean last = i == elements.size() - 1;
      Part part = part(elements.get(i), own.isNothing() && last ? cache : own);
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  private @Nullable Part part(Json part, Json cache) {
    String type = part.text("type");
    return switch (type) {
      case "text" -> new Part.Text(part.text("text"), cache);
      case "refusal" -> new Part.Refusal(part.text("refusal"));
      case "image_url" -> {
        Json image = part.get("image_url");
        String url = image.isText() ? image.text() : image.text("url");
        yield DataUrl.media(MediaKind.IMAGE, url, "", image.text("detail"), cache);
      }
      case "file" -> file(part.get("file"), cache);
      case "input_audio" -> {
        Json audio = part.get("input_audio");
        yield new Part.Media(
            MediaKind.AUDIO,
            "audio/" + audio.text("format"),
            audio.textOrNull("data"),
            null,
            null,
            "",
            "",
            cache);
      }
      default -> {
        losses.refuse("messages.content." + type);
        yield null;
      }
    };
  }

  private static Part file(Json file, Json cache) {
    String id = file.textOrNull("file_id");
    return id == null
        ? DataUrl.media(
            MediaKind.DOCUMENT, file.text("file_data"), file.text("filename"), "", cache)
        : new Part.Media(MediaKind.DOCUMENT, "", null, null, id, file.text("filename"), "", cache);
  }

  /** Returns the types of the tools that only their maker can run; the others are added. */
  private List<String> tools(List<Tool> tools) {
    List<String> hosted = new ArrayList<>(0);
    for (Json tool : body.get("tools").elements()) {
      switch (tool.text("type")) {
        case "function" -> tools.add(function(tool.get("function"), tool.get("cache_control")));
        case "custom" -> {
          Json custom = tool.get("custom");
          Json format = custom.get("format");
          tools.add(
              new Tool(
                  ToolKind.CUSTOM,
                  "",
                  custom.text("name"),
                  custom.text("description"),
                  format.has("grammar") ? format.get("grammar") : format,
                  null,
                  tool.get("cache_control")));
        }
        default -> hosted.add(tool.text("type"));
      }
    }
    return hosted;
  }

  private static Tool function(Json function, Json cache) {
    return new Tool(
        ToolKind.FUNCTION,
        "",
        function.text("name"),
        function.text("description"),
        function.get("parameters"),
        function.isTrue("strict") ? Boolean.TRUE : null,
        cache);
  }

  private @Nullable ToolChoice choice(Json choice, List<Tool> tools, List<String> hosted) {
    if (choice.has("allowed_tools")) {
      return Choices.allowed(choice.get("allowed_tools"), tools, hosted);
    }
    if (!choice.isObject()) {
      return Choices.word(choice.text());
    }
    Json named = choice.has("function") ? choice.get("function") : choice.get("custom");
    if (named.text("name").isEmpty()) {
      losses.refuse("tool_choice." + choice.text("type"));
      return null;
    }
    return new ToolChoice(Choice.NAMED, named.text("name"));
  }

  private @Nullable Reasoning reasoning() {
    String effort = body.text("reasoning_effort");
    return effort.isEmpty() ? null : new Reasoning(effort, null, true);
  }

  private static @Nullable Format format(Json format) {
    return switch (format.text("type")) {
      case "json_object" -> new Format("", Json.MISSING, null);
      case "json_schema" -> {
        Json schema = format.get("json_schema");
        Boolean strict =
            schema.isTrue("strict")
                ? Boolean.TRUE
                : schema.isFalse("strict") ? Boolean.FALSE : null;
        yield new Format(schema.text("name"), schema.get("schema"), strict);
      }
      default -> null;
    };
  }
}
