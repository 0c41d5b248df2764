package dev.drover.dialect.gemini;

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
import dev.drover.dialect.chat.Efforts;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a request in Gemini's API. Confined to one thread. */
final class GeminiWriter {
  private static final int MOST_STOPS = 5;

  /** The text that Google documents for calls whose thoughts another model had. */
  private static final String FOREIGN = "skip_thought_signature_validator";

  private static final Map<String, String> MORE =
      Map.of(
          "seed", "seed",
          "presence_penalty", "presencePenalty",
          "frequency_penalty", "frequencyPenalty");

  private final ChatRequest request;
  private final ModelRules rules;
  private final Losses losses;

  /** The names of tools by the ids of their calls. */
  private final Map<String, String> called = new HashMap<>();

  GeminiWriter(ChatRequest request, TargetModel target, Losses losses) {
    this.request = request;
    this.rules = ModelRules.of(target.model());
    this.losses = losses;
  }

  Bytes write() {
    return JsonOut.object(this::body);
  }

  private void body(JsonOut out) {
    List<Part> system = new ArrayList<>();
    List<Turn> turns = new ArrayList<>();
    for (Turn turn : request.turns()) {
      if (turn.role() == Role.SYSTEM && turns.isEmpty()) {
        system.addAll(turn.parts());
      } else {
        turns.add(turn);
      }
    }
    if (!system.isEmpty()) {
      out.object(
          "systemInstruction",
          content -> content.array("parts", parts -> system.forEach(part -> part(parts, part))));
    }
    out.array("contents", contents -> contents(contents, turns));
    if (!request.tools().isEmpty()) {
      out.array(
          "tools",
          tools ->
              tools.add(
                  group ->
                      group.array(
                          "functionDeclarations",
                          all -> request.tools().forEach(tool -> all.add(t -> tool(t, tool))))));
      toolChoice(out);
    }
    if (Boolean.FALSE.equals(request.parallelTools())) {
      losses.drop("parallel_tool_calls");
    }
    out.object("generationConfig", this::settings);
    if (request.labels().user() != null) {
      losses.drop("user");
    }
    if (request.labels().cacheKey() != null) {
      losses.drop("prompt_cache_key");
    }
  }

  /** Turns alternate: neighbours of one role are one. */
  private void contents(JsonOut out, List<Turn> turns) {
    int at = 0;
    while (at < turns.size()) {
      boolean model = turns.get(at).role() == Role.ASSISTANT;
      List<Part> results = new ArrayList<>();
      List<Part> parts = new ArrayList<>();
      for (; at < turns.size() && (turns.get(at).role() == Role.ASSISTANT) == model; at++) {
        for (Part part : turns.get(at).parts()) {
          (part instanceof Part.ToolResult ? results : parts).add(part);
        }
      }
      List<Part> sent = new ArrayList<>(results);
      parts.stream().filter(GeminiWriter::isSent).forEach(sent::add);
      if (!sent.isEmpty()) {
        out.add(
            content -> {
              content.put("role", model ? "model" : "user");
              content.array("parts", all -> parts(all, sent));
            });
      }
    }
  }

  private static boolean isSent(Part part) {
    return switch (part) {
      case Part.Text text -> !text.text().isEmpty();
      case Part.Thinking thinking ->
          thinking.signature() != null && thinking.signature().api().equals(GeminiClient.NAME);
      default -> true;
    };
  }

  private void parts(JsonOut out, List<Part> parts) {
    boolean first = true;
    for (Part part : parts) {
      if (part instanceof Part.ToolCall call) {
        boolean dummy = first;
        out.add(p -> call(p, call, dummy));
        first = false;
      } else {
        part(out, part);
      }
    }
  }

  private void part(JsonOut out, Part part) {
    if (!part.cache().isNothing()) {
      losses.drop("cache_control");
    }
    switch (part) {
      case Part.Text text -> out.add(p -> p.put("text", text.text()));
      case Part.Refusal refusal -> out.add(p -> p.put("text", refusal.text()));
      case Part.Media media -> media(out, media);
      case Part.Thinking thinking -> out.add(p -> thinking(p, thinking));
      case Part.ToolCall call -> out.add(p -> call(p, call, true));
      case Part.ToolResult result -> result(out, result);
    }
  }

  private static void thinking(JsonOut out, Part.Thinking thinking) {
    Signature signature = thinking.signature();
    out.put("text", thinking.text()).put("thought", true);
    out.put("thoughtSignature", signature == null ? null : signature.value());
  }

  /**
   * @param first whether it is the first call of its turn, which must have a signature
   */
  private void call(JsonOut out, Part.ToolCall call, boolean first) {
    String name = ToolNames.sent(call.namespace(), call.name());
    called.put(CallIds.bare(call.id()), name);
    out.object(
        "functionCall",
        function -> {
          function.put("name", name);
          Json arguments = CustomTools.arguments(call);
          if (arguments.isObject()) {
            function.put("args", arguments);
          } else {
            losses.drop("arguments");
          }
        });
    Signature signature = CallIds.signature(call.id());
    if (signature != null && signature.api().equals(GeminiClient.NAME)) {
      out.put("thoughtSignature", signature.value());
    } else if (first) {
      out.put("thoughtSignature", FOREIGN);
    }
  }

  private void result(JsonOut out, Part.ToolResult result) {
    StringBuilder text = new StringBuilder();
    List<Part> shown = new ArrayList<>();
    for (Part part : result.content()) {
      if (part instanceof Part.Text words) {
        text.append(text.isEmpty() ? "" : "\n").append(words.text());
      } else {
        shown.add(part);
      }
    }
    String name = called.getOrDefault(CallIds.bare(result.callId()), "");
    if (name.isEmpty()) {
      losses.refuse("messages: tool result " + CallIds.bare(result.callId()) + " without a call");
    }
    out.add(
        part ->
            part.object(
                "functionResponse",
                response ->
                    response
                        .put("name", name)
                        .object(
                            "response",
                            object ->
                                object.put(result.error() ? "error" : "output", text.toString()))));
    shown.forEach(each -> part(out, each));
  }

  private void media(JsonOut out, Part.Media media) {
    if (media.data() != null) {
      out.add(
          part ->
              part.object(
                  "inlineData",
                  data -> data.put("mimeType", media.mediaType()).put("data", media.data())));
    } else if (media.url() != null && media.url().startsWith("gs://")) {
      out.add(
          part ->
              part.object(
                  "fileData",
                  data ->
                      data.put("mimeType", media.mediaType().isEmpty() ? null : media.mediaType())
                          .put("fileUri", media.url())));
    } else {
      losses.refuse(media.url() == null ? "file_id" : "image.url");
    }
  }

  private void tool(JsonOut out, Tool tool) {
    if (!tool.cache().isNothing()) {
      losses.drop("cache_control");
    }
    out.put("name", ToolNames.sent(tool.namespace(), tool.name()));
    String description = CustomTools.description(tool);
    out.put("description", description.isEmpty() ? null : description);
    Json schema = CustomTools.schema(tool);
    boolean empty = schema.get("properties").isEmpty() && !schema.has("$ref");
    out.put("parameters", empty ? null : Schemas.own(schema));
  }

  private void toolChoice(JsonOut out) {
    ToolChoice choice = request.toolChoice();
    if (choice == null) {
      return;
    }
    out.object(
        "toolConfig",
        config ->
            config.object(
                "functionCallingConfig",
                calling -> {
                  switch (choice.choice()) {
                    case AUTO -> calling.put("mode", "AUTO");
                    case NONE -> calling.put("mode", "NONE");
                    case ANY -> calling.put("mode", "ANY");
                    case NAMED -> {
                      calling.put("mode", "ANY");
                      String name = CustomTools.sentName(request.tools(), choice.name());
                      calling.array("allowedFunctionNames", names -> names.add(name));
                    }
                  }
                }));
  }

  private void settings(JsonOut out) {
    ChatRequest.Sampling sampling = request.sampling();
    out.put("temperature", sampling.temperature());
    out.put("topP", sampling.topP()).put("topK", sampling.topK());
    out.put("maxOutputTokens", request.maxOutput());
    List<String> stops = request.stop();
    if (stops.size() > MOST_STOPS) {
      losses.drop("stop");
    }
    if (!stops.isEmpty()) {
      out.array("stopSequences", all -> stops.stream().limit(MOST_STOPS).forEach(all::add));
    }
    request
        .more()
        .forEach(
            (name, value) -> {
              if (MORE.containsKey(name)) {
                out.put(MORE.getOrDefault(name, name), value);
              } else {
                losses.drop(name);
              }
            });
    ChatRequest.Format format = request.format();
    if (format != null) {
      out.put("responseMimeType", "application/json");
      if (format.schema().isObject()) {
        out.put("responseSchema", Schemas.own(format.schema()));
      }
    }
    reasoning(out);
  }

  private void reasoning(JsonOut out) {
    Reasoning reasoning = request.reasoning();
    if (reasoning == null) {
      return;
    }
    if (rules.efforts().isEmpty()) {
      losses.drop("reasoning");
      return;
    }
    out.object(
        "thinkingConfig",
        thinking -> {
          if (rules.thinkingBudget()) {
            thinking.put("thinkingBudget", budget(reasoning));
          } else {
            thinking.put("thinkingLevel", rules.effort(Efforts.of(reasoning)));
          }
          if (reasoning.shown()) {
            thinking.put("includeThoughts", true);
          }
        });
  }

  private static long budget(Reasoning reasoning) {
    if (reasoning.budget() != null) {
      return reasoning.budget();
    }
    return switch (reasoning.effort()) {
      case "none" -> 0;
      case "minimal", "low" -> 1024;
      case "medium" -> 8192;
      default -> 24_576;
    };
  }
}
