package dev.drover.dialect.gemini;

import dev.drover.dialect.chat.CallIds;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a whole request in Gemini's API. Confined to one thread. */
final class GeminiReader {
  private static final Set<String> READ =
      Set.of("contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "model");

  private final Json body;
  private final Losses losses;
  private final boolean stream;

  /** The ids of the calls that have no result yet, by the name of their tool. */
  private final Map<String, Queue<String>> open = new HashMap<>();

  private int calls;

  GeminiReader(Json body, boolean stream, Losses losses) {
    this.body = body;
    this.stream = stream;
    this.losses = losses;
  }

  /** Returns a member under its name or the same in snake case, which Google takes too. */
  private static Json get(Json object, String name) {
    Json found = object.get(name);
    return found.isNothing() ? object.get(snake(name)) : found;
  }

  private static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  ChatRequest read() {
    body.members(
        (name, value) -> {
          boolean read = READ.stream().anyMatch(own -> own.equals(name) || snake(own).equals(name));
          if (name.equals("cachedContent") || name.equals("cached_content")) {
            losses.refuse(name);
          } else if (!read && !value.isNothing()) {
            losses.drop(name);
          }
        });
    List<Turn> turns = new ArrayList<>();
    Json system = get(body, "systemInstruction");
    if (!system.isNothing()) {
      turns.add(new Turn(Role.SYSTEM, parts(system)));
    }
    for (Json content : body.get("contents").elements()) {
      Role role = content.text("role").equals("model") ? Role.ASSISTANT : Role.USER;
      turns.add(new Turn(role, parts(content)));
    }
    Json settings = get(body, "generationConfig");
    List<Tool> tools = new ArrayList<>();
    List<String> hosted = tools(tools);
    ToolChoice choice = choice(get(get(body, "toolConfig"), "functionCallingConfig"), tools);
    losses.hosted(hosted, tools, choice);
    long most =
        get(settings, "maxOutputTokens").isNumber() ? integer(settings, "maxOutputTokens") : 0;
    if (integer(settings, "candidateCount") > 1) {
      losses.refuse("candidateCount");
    }
    return new ChatRequest(
        stream,
        turns,
        tools,
        choice,
        null,
        most > 0 ? most : null,
        get(settings, "stopSequences").elements().stream().map(Json::text).toList(),
        new Sampling(settings.get("temperature"), get(settings, "topP"), get(settings, "topK")),
        reasoning(get(settings, "thinkingConfig")),
        format(settings),
        new Labels(null, null),
        more(settings));
  }

  private static long integer(Json object, String name) {
    return object.integer(name, object.integer(snake(name), 0));
  }

  private static Map<String, Json> more(Json settings) {
    Map<String, Json> more = new LinkedHashMap<>();
    for (String name : List.of("seed", "presencePenalty", "frequencyPenalty")) {
      Json value = get(settings, name);
      if (!value.isNothing()) {
        more.put(snake(name), value);
      }
    }
    return more;
  }

  private List<Part> parts(Json content) {
    if (content.isText()) {
      return List.of(new Part.Text(content.text()));
    }
    List<Part> parts = new ArrayList<>();
    for (Json part : content.get("parts").elements()) {
      Part read = part(part);
      if (read != null) {
        parts.add(read);
      }
    }
    return parts;
  }

  private @Nullable Part part(Json part) {
    Signature signature = Signatures.brought(get(part, "thoughtSignature").text());
    if (part.get("text").isText()) {
      return part.isTrue("thought")
          ? new Part.Thinking(part.text("text"), signature)
          : new Part.Text(part.text("text"));
    }
    Json inline = get(part, "inlineData");
    if (inline.isObject()) {
      return media(get(inline, "mimeType").text(), inline.text("data"), null);
    }
    Json file = get(part, "fileData");
    if (file.isObject()) {
      return media(get(file, "mimeType").text(), null, get(file, "fileUri").text());
    }
    Json call = get(part, "functionCall");
    if (call.isObject()) {
      return call(call, signature);
    }
    Json result = get(part, "functionResponse");
    if (result.isObject()) {
      return result(result);
    }
    part.members((name, value) -> losses.refuse("contents.parts." + name));
    return null;
  }

  private static Part media(String type, @Nullable String data, @Nullable String url) {
    MediaKind kind =
        type.startsWith("image/")
            ? MediaKind.IMAGE
            : type.startsWith("audio/") ? MediaKind.AUDIO : MediaKind.DOCUMENT;
    return new Part.Media(kind, type, data, url, null, "", "", Json.MISSING);
  }

  /** Calls need no id here; where there is none, name and order make one. */
  private Part call(Json call, @Nullable Signature signature) {
    String name = call.text("name");
    String given = call.text("id");
    String id = given.isEmpty() ? "call_" + calls++ + "_" + name : given;
    open.computeIfAbsent(name, _ -> new ArrayDeque<>()).add(id);
    Json arguments = call.get("args");
    return new Part.ToolCall(
        ToolKind.FUNCTION,
        signature == null ? id : CallIds.signed(CallIds.bare(id), signature),
        "",
        name,
        arguments.isObject() ? arguments.toString() : "{}",
        Json.MISSING);
  }

  private Part result(Json result) {
    Queue<String> waiting = open.getOrDefault(result.text("name"), new ArrayDeque<>());
    String given = result.text("id");
    String next = waiting.poll();
    String id = given.isEmpty() ? (next == null ? result.text("name") : next) : given;
    Json response = result.get("response");
    String text =
        response.get("output").isText()
            ? response.text("output")
            : response.get("result").isText() ? response.text("result") : response.toString();
    return new Part.ToolResult(
        id, List.of(new Part.Text(text)), response.has("error"), Json.MISSING);
  }

  private List<String> tools(List<Tool> tools) {
    List<String> hosted = new ArrayList<>(0);
    for (Json each : body.get("tools").elements()) {
      each.members(
          (name, value) -> {
            if (name.equals("functionDeclarations") || name.equals("function_declarations")) {
              value.elements().forEach(tool -> tools.add(tool(tool)));
            } else {
              hosted.add(name);
            }
          });
    }
    return hosted;
  }

  private static Tool tool(Json tool) {
    Json schema = get(tool, "parametersJsonSchema");
    return new Tool(
        ToolKind.FUNCTION,
        "",
        tool.text("name"),
        tool.text("description"),
        schema.isNothing() ? Schemas.standard(tool.get("parameters")) : schema,
        null,
        Json.MISSING);
  }

  private static @Nullable ToolChoice choice(Json config, List<Tool> tools) {
    List<String> allowed =
        get(config, "allowedFunctionNames").elements().stream().map(Json::text).toList();
    if (!allowed.isEmpty()) {
      tools.removeIf(tool -> !allowed.contains(tool.name()));
    }
    return switch (config.text("mode")) {
      case "ANY" -> new ToolChoice(Choice.ANY, "");
      case "NONE" -> new ToolChoice(Choice.NONE, "");
      case "AUTO" -> new ToolChoice(Choice.AUTO, "");
      default -> null;
    };
  }

  private static @Nullable Reasoning reasoning(Json thinking) {
    if (!thinking.isObject()) {
      return null;
    }
    boolean shown = get(thinking, "includeThoughts").isTrue();
    Json budget = get(thinking, "thinkingBudget");
    String level = get(thinking, "thinkingLevel").text().toLowerCase(Locale.ROOT);
    if (budget.isNumber()) {
      long tokens = integer(thinking, "thinkingBudget");
      return tokens == 0
          ? new Reasoning("none", null, false)
          : tokens < 0 ? new Reasoning("medium", null, shown) : new Reasoning("", tokens, shown);
    }
    return level.isEmpty() && !shown
        ? null
        : new Reasoning(level.isEmpty() ? "medium" : level, null, shown);
  }

  private static @Nullable Format format(Json settings) {
    Json schema = get(settings, "responseJsonSchema");
    Json own = get(settings, "responseSchema");
    if (!schema.isNothing() || !own.isNothing()) {
      return new Format("", schema.isNothing() ? Schemas.standard(own) : schema, null);
    }
    return get(settings, "responseMimeType").text().equals("application/json")
        ? new Format("", Json.MISSING, null)
        : null;
  }
}
