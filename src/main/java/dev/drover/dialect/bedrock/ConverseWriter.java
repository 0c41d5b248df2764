package dev.drover.dialect.bedrock;

import dev.drover.dialect.ModelRules;
import dev.drover.dialect.TargetModel;
import dev.drover.dialect.chat.CallIds;
import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatRequest.Choice;
import dev.drover.dialect.chat.ChatRequest.Reasoning;
import dev.drover.dialect.chat.ChatRequest.Role;
import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolChoice;
import dev.drover.dialect.chat.ChatRequest.Turn;
import dev.drover.dialect.chat.CustomTools;
import dev.drover.dialect.chat.Efforts;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.Part;
import dev.drover.dialect.chat.Part.MediaKind;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Writes a request in Bedrock's Converse API. Confined to one thread. */
final class ConverseWriter {
  private static final int MOST_MARKS = 4;
  private static final int LONGEST_ID = 64;

  private final ChatRequest request;
  private final ModelRules rules;
  private final Losses losses;
  private int marks;
  private int documents;

  ConverseWriter(ChatRequest request, TargetModel target, Losses losses) {
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
      out.array("system", blocks -> system.forEach(part -> part(blocks, part)));
    }
    out.array("messages", messages -> messages(messages, turns));
    out.object("inferenceConfig", this::settings);
    tools(out, turns);
    reasoning(out);
    if (request.format() != null) {
      losses.refuse("response_format");
    }
    if (Boolean.FALSE.equals(request.parallelTools())) {
      losses.drop("parallel_tool_calls");
    }
    if (!request.sampling().topK().isNothing()) {
      losses.drop("top_k");
    }
    if (request.labels().user() != null) {
      losses.drop("user");
    }
    if (request.labels().cacheKey() != null) {
      losses.drop("prompt_cache_key");
    }
    request.more().keySet().forEach(losses::drop);
  }

  /** A point stands after what it covers. */
  private void mark(JsonOut blocks, Json cache) {
    if (cache.isNothing()) {
      return;
    }
    if (marks++ < MOST_MARKS) {
      blocks.add(block -> block.object("cachePoint", point -> point.put("type", "default")));
    } else {
      losses.drop("cache_control");
    }
  }

  private void messages(JsonOut out, List<Turn> turns) {
    int at = 0;
    while (at < turns.size()) {
      boolean assistant = turns.get(at).role() == Role.ASSISTANT;
      List<Part> first = new ArrayList<>();
      List<Part> others = new ArrayList<>();
      for (; at < turns.size() && (turns.get(at).role() == Role.ASSISTANT) == assistant; at++) {
        for (Part part : turns.get(at).parts()) {
          boolean leads = part instanceof Part.ToolResult || part instanceof Part.Thinking;
          (leads ? first : others).add(part);
        }
      }
      List<Part> sent = new ArrayList<>(first);
      sent.addAll(others);
      sent.removeIf(part -> !isSent(part));
      if (!sent.isEmpty()) {
        out.add(
            message -> {
              message.put("role", assistant ? "assistant" : "user");
              message.array("content", blocks -> sent.forEach(part -> part(blocks, part)));
            });
      }
    }
  }

  private static boolean isSent(Part part) {
    return switch (part) {
      case Part.Text text -> !text.text().isBlank();
      case Part.Thinking thinking ->
          thinking.signature() != null && thinking.signature().api().equals(BedrockProvider.NAME);
      default -> true;
    };
  }

  private void part(JsonOut blocks, Part part) {
    switch (part) {
      case Part.Text text -> blocks.add(block -> block.put("text", text.text()));
      case Part.Refusal refusal -> blocks.add(block -> block.put("text", refusal.text()));
      case Part.Media media -> media(blocks, media);
      case Part.Thinking thinking -> blocks.add(block -> thinking(block, thinking));
      case Part.ToolCall call -> blocks.add(block -> call(block, call));
      case Part.ToolResult result -> blocks.add(block -> result(block, result));
    }
    mark(blocks, part.cache());
  }

  private static void thinking(JsonOut block, Part.Thinking thinking) {
    Signature signature = thinking.signature();
    block.object(
        "reasoningContent",
        content ->
            content.object(
                "reasoningText",
                text ->
                    text.put("text", thinking.text())
                        .put("signature", signature == null ? null : signature.value())));
  }

  private void call(JsonOut block, Part.ToolCall call) {
    block.object(
        "toolUse",
        use -> {
          use.put("toolUseId", CallIds.sent(call.id(), LONGEST_ID));
          use.put("name", ToolNames.sent(call.namespace(), call.name()));
          Json input = CustomTools.arguments(call);
          if (input.isObject()) {
            use.put("input", input);
          } else {
            losses.drop("arguments");
            use.object("input", none -> {});
          }
        });
  }

  private void result(JsonOut block, Part.ToolResult result) {
    block.object(
        "toolResult",
        object -> {
          object.put("toolUseId", CallIds.sent(result.callId(), LONGEST_ID));
          object.array(
              "content",
              parts -> {
                result.content().forEach(part -> part(parts, part));
                if (result.content().isEmpty()) {
                  parts.add(part -> part.put("text", " "));
                }
              });
          object.put("status", result.error() ? "error" : "success");
        });
  }

  private void media(JsonOut blocks, Part.Media media) {
    if (media.data() == null || media.kind() == MediaKind.AUDIO) {
      losses.refuse(media.kind() == MediaKind.AUDIO ? "input_audio" : "media.url");
      return;
    }
    boolean image = media.kind() == MediaKind.IMAGE;
    String format = media.mediaType().replaceFirst("^[a-z]+/", "").replace("jpg", "jpeg");
    blocks.add(
        block ->
            block.object(
                image ? "image" : "document",
                object -> {
                  object.put("format", format);
                  object.put("name", image ? null : "document-" + ++documents);
                  object.object("source", source -> source.put("bytes", media.data()));
                }));
  }

  private void settings(JsonOut out) {
    out.put("maxTokens", request.maxOutput());
    boolean refused = rules.refusesSampling();
    ChatRequest.Sampling sampling = request.sampling();
    if (refused && !sampling.temperature().isNothing()) {
      losses.drop("temperature");
    } else {
      out.put("temperature", sampling.temperature());
    }
    if (refused && !sampling.topP().isNothing()) {
      losses.drop("top_p");
    } else {
      out.put("topP", sampling.topP());
    }
    if (!request.stop().isEmpty()) {
      out.array("stopSequences", all -> request.stop().forEach(all::add));
    }
  }

  /** A conversation with calls needs the tools, even when none may be called any more. */
  private void tools(JsonOut out, List<Turn> turns) {
    ToolChoice choice = request.toolChoice();
    boolean called =
        turns.stream()
            .flatMap(turn -> turn.parts().stream())
            .anyMatch(part -> part instanceof Part.ToolCall);
    boolean none = choice != null && choice.choice() == Choice.NONE;
    if (request.tools().isEmpty() && called) {
      losses.refuse("tools");
    }
    if (request.tools().isEmpty() || (none && !called)) {
      return;
    }
    if (none) {
      losses.drop("tool_choice");
    }
    out.object(
        "toolConfig",
        config -> {
          config.array("tools", all -> request.tools().forEach(tool -> tool(all, tool)));
          if (choice != null && !none) {
            config.object("toolChoice", object -> choice(object, choice));
          }
        });
  }

  private void choice(JsonOut out, ToolChoice choice) {
    switch (choice.choice()) {
      case AUTO, NONE -> out.object("auto", nothing -> {});
      case ANY -> out.object("any", nothing -> {});
      case NAMED ->
          out.object(
              "tool",
              tool -> tool.put("name", CustomTools.sentName(request.tools(), choice.name())));
    }
  }

  private void tool(JsonOut all, Tool tool) {
    all.add(
        each ->
            each.object(
                "toolSpec",
                spec -> {
                  spec.put("name", ToolNames.sent(tool.namespace(), tool.name()));
                  String description = CustomTools.description(tool);
                  spec.put("description", description.isEmpty() ? null : description);
                  spec.object(
                      "inputSchema", schema -> schema.put("json", CustomTools.schema(tool)));
                }));
    mark(all, tool.cache());
  }

  private void reasoning(JsonOut out) {
    Reasoning reasoning = request.reasoning();
    if (reasoning == null || reasoning.effort().equals("none")) {
      return;
    }
    if (!rules.adaptiveOnly()) {
      losses.drop("reasoning");
      return;
    }
    out.object(
        "additionalModelRequestFields",
        fields -> {
          fields.object("thinking", thinking -> thinking.put("type", "adaptive"));
          fields.object("output_config", config -> config.put("effort", Efforts.of(reasoning)));
        });
  }
}
