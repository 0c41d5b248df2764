package dev.drover.dialect.anthropic;

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
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Part.MediaKind;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a whole request in Anthropic's Messages API. Confined to one thread. */
final class MessagesReader {
  private static final Set<String> READ =
      Set.of(
          "model",
          "stream",
          "max_tokens",
          "messages",
          "system",
          "tools",
          "tool_choice",
          "temperature",
          "top_p",
          "top_k",
          "stop_sequences",
          "thinking",
          "output_config",
          "output_format",
          "metadata");

  /** The beginning of a line that Claude Code writes for Anthropic alone. */
  private static final String BILLING = "x-anthropic-billing-header:";

  private final Json body;
  private final Losses losses;

  MessagesReader(Json body, Losses losses) {
    this.body = body;
    this.losses = losses;
  }

  ChatRequest read() {
    body.members(
        (name, value) -> {
          if (name.equals("mcp_servers") && !value.isEmpty()) {
            losses.refuse(name);
          } else if (!READ.contains(name) && !value.isNothing()) {
            losses.drop(name);
          }
        });
    List<Turn> turns = new ArrayList<>();
    List<Part> system = new ArrayList<>(parts(body.get("system"), "system"));
    system.removeIf(part -> part instanceof Part.Text text && text.text().startsWith(BILLING));
    if (!system.isEmpty()) {
      turns.add(new Turn(Role.SYSTEM, system));
    }
    for (Json message : body.get("messages").elements()) {
      turns.add(new Turn(role(message.text("role")), parts(message.get("content"), "messages")));
    }
    Json choice = body.get("tool_choice");
    ToolChoice toolChoice = choice(choice);
    return new ChatRequest(
        body.isTrue("stream"),
        turns,
        tools(toolChoice),
        toolChoice,
        choice.isTrue("disable_parallel_tool_use") ? Boolean.FALSE : null,
        body.has("max_tokens") ? body.integer("max_tokens", 1) : null,
        body.get("stop_sequences").elements().stream().map(Json::text).toList(),
        new Sampling(body.get("temperature"), body.get("top_p"), body.get("top_k")),
        reasoning(),
        format(),
        labels(body.get("metadata").textOrNull("user_id")),
        Map.of());
  }

  /** Claude Code puts the name of its session into a JSON text in the name of the user. */
  private static Labels labels(@Nullable String user) {
    String session =
        user == null ? null : Json.parseOrMissing(Bytes.utf8(user)).textOrNull("session_id");
    return new Labels(user, session);
  }

  private static Role role(String name) {
    return switch (name) {
      case "assistant" -> Role.ASSISTANT;
      case "system" -> Role.SYSTEM;
      default -> Role.USER;
    };
  }

  private List<Part> parts(Json content, String field) {
    if (content.isText()) {
      return List.of(new Part.Text(content.text()));
    }
    List<Part> parts = new ArrayList<>();
    for (Json block : content.elements()) {
      Part part = part(block, field);
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  private @Nullable Part part(Json block, String field) {
    Json cache = block.get("cache_control");
    String type = block.text("type");
    return switch (type) {
      case "text" -> new Part.Text(block.text("text"), cache);
      case "image" -> media(MediaKind.IMAGE, block, cache);
      case "document" -> document(block, cache);
      case "thinking" ->
          new Part.Thinking(
              block.text("thinking"),
              Signature.brought(AnthropicClient.NAME, block.text("signature")));
      case "redacted_thinking" ->
          new Part.Thinking("", Signature.brought(AnthropicClient.REDACTED, block.text("data")));
      case "tool_use" ->
          new Part.ToolCall(
              ToolKind.FUNCTION,
              block.text("id"),
              "",
              block.text("name"),
              block.get("input").isObject() ? block.get("input").toString() : "{}",
              cache);
      case "tool_result" ->
          new Part.ToolResult(
              block.text("tool_use_id"),
              parts(block.get("content"), field),
              block.isTrue("is_error"),
              cache);
      case "tool_reference" -> new Part.Text(block.text("tool_name"));
      default -> {
        losses.refuse(field + "." + type);
        yield null;
      }
    };
  }

  private Part document(Json block, Json cache) {
    Json source = block.get("source");
    if (source.text("type").equals("text")) {
      return new Part.Text(source.text("data"), cache);
    }
    return media(MediaKind.DOCUMENT, block, cache);
  }

  private static Part media(MediaKind kind, Json block, Json cache) {
    Json source = block.get("source");
    return new Part.Media(
        kind,
        source.text("media_type"),
        source.textOrNull("data"),
        source.textOrNull("url"),
        source.textOrNull("file_id"),
        block.text("title"),
        "",
        cache);
  }

  private List<Tool> tools(@Nullable ToolChoice choice) {
    List<String> hosted = new ArrayList<>(0);
    List<Tool> tools = new ArrayList<>();
    for (Json tool : body.get("tools").elements()) {
      String type = tool.text("type");
      if (type.isEmpty() || type.equals("custom")) {
        tools.add(
            new Tool(
                ToolKind.FUNCTION,
                "",
                tool.text("name"),
                tool.text("description"),
                tool.get("input_schema"),
                tool.isTrue("strict") ? Boolean.TRUE : null,
                tool.get("cache_control")));
      } else {
        hosted.add(type);
      }
    }
    losses.hosted(hosted, tools, choice);
    return tools;
  }

  private static @Nullable ToolChoice choice(Json choice) {
    return switch (choice.text("type")) {
      case "auto" -> new ToolChoice(Choice.AUTO, "");
      case "any" -> new ToolChoice(Choice.ANY, "");
      case "none" -> new ToolChoice(Choice.NONE, "");
      case "tool" -> new ToolChoice(Choice.NAMED, choice.text("name"));
      default -> null;
    };
  }

  private @Nullable Reasoning reasoning() {
    Json thinking = body.get("thinking");
    String effort = body.get("output_config").text("effort");
    boolean shown = thinking.text("display").equals("summarized");
    return switch (thinking.text("type")) {
      case "disabled" -> new Reasoning("none", null, false);
      case "enabled" -> {
        long budget = thinking.integer("budget_tokens", 0);
        yield new Reasoning(effort, budget > 0 ? budget : null, true);
      }
      case "adaptive" -> new Reasoning(effort.isEmpty() ? "medium" : effort, null, shown);
      default -> effort.isEmpty() ? null : new Reasoning(effort, null, false);
    };
  }

  private @Nullable Format format() {
    Json format = body.get("output_config").get("format");
    Json found = format.isObject() ? format : body.get("output_format");
    return found.text("type").equals("json_schema")
        ? new Format("", found.get("schema"), Boolean.TRUE)
        : null;
  }
}
