package dev.drover.dialect.anthropic;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a request in Anthropic's Messages API. Confined to one thread. */
final class MessagesWriter {
  /** The marks up to which a prompt is cached that the API takes. */
  private static final int MOST_MARKS = 4;

  private static final long LEAST_BUDGET = 1024;

  private final ChatRequest request;
  private final TargetModel target;
  private final ModelRules rules;
  private final Losses losses;
  private long surplus;

  MessagesWriter(ChatRequest request, TargetModel target, Losses losses) {
    this.request = request;
    this.target = target;
    this.rules = ModelRules.of(target.model());
    this.losses = losses;
  }

  Bytes write() {
    return JsonOut.object(this::body);
  }

  private void body(JsonOut out) {
    long budget = budget();
    long most = most(budget);
    out.put("model", target.model());
    out.put("max_tokens", most);
    List<Part> system = new ArrayList<>();
    List<Turn> turns = new ArrayList<>();
    for (Turn turn : request.turns()) {
      if (turn.role() == Role.SYSTEM && turns.isEmpty()) {
        system.addAll(turn.parts());
      } else {
        turns.add(turn);
      }
    }
    countMarks();
    if (!request.tools().isEmpty()) {
      out.array("tools", tools -> request.tools().forEach(tool -> tools.add(t -> tool(t, tool))));
    }
    if (!system.isEmpty()) {
      out.array("system", blocks -> system.forEach(part -> part(blocks, part)));
    }
    out.array("messages", messages -> messages(messages, turns));
    toolChoice(out);
    sampling(out);
    reasoning(out, budget);
    format(out);
    if (!request.stop().isEmpty()) {
      out.array("stop_sequences", stops -> request.stop().forEach(stops::add));
    }
    String user = request.labels().user();
    if (user != null) {
      out.object("metadata", metadata -> metadata.put("user_id", user));
    }
    if (request.stream()) {
      out.put("stream", true);
    }
    request.more().keySet().forEach(losses::drop);
  }

  private void mark(JsonOut out, Json cache) {
    if (cache.isNothing()) {
      return;
    }
    if (surplus > 0) {
      surplus--;
      losses.drop("cache_control");
    } else {
      out.put("cache_control", cache);
    }
  }

  /** The last ones of too many marks stay: they cover the most. */
  private void countMarks() {
    long marks =
        request.tools().stream().filter(tool -> !tool.cache().isNothing()).count()
            + request.turns().stream()
                .flatMap(turn -> turn.parts().stream())
                .filter(part -> !part.cache().isNothing())
                .count();
    surplus = marks - MOST_MARKS;
  }

  private void tool(JsonOut out, Tool tool) {
    out.put("name", ToolNames.sent(tool.namespace(), tool.name()));
    String description = CustomTools.description(tool);
    out.put("description", description.isEmpty() ? null : description);
    Json schema = CustomTools.schema(tool);
    if (schema.text("type").equals("object")) {
      out.put("input_schema", schema);
    } else {
      out.object(
          "input_schema",
          object -> {
            object.put("type", "object");
            schema.members(
                (name, value) -> {
                  if (!name.equals("type")) {
                    object.put(name, value);
                  }
                });
          });
    }
    mark(out, tool.cache());
  }

  /** A message of one role follows one of the other; results of tools come first. */
  private void messages(JsonOut out, List<Turn> turns) {
    Set<String> open = new LinkedHashSet<>();
    int at = 0;
    while (at < turns.size()) {
      boolean assistant = turns.get(at).role() == Role.ASSISTANT;
      List<Part> results = new ArrayList<>();
      List<Part> others = new ArrayList<>();
      for (; at < turns.size() && (turns.get(at).role() == Role.ASSISTANT) == assistant; at++) {
        boolean system = turns.get(at).role() == Role.SYSTEM;
        for (Part part : turns.get(at).parts()) {
          if (part instanceof Part.ToolResult) {
            results.add(part);
          } else {
            others.add(system ? marked(part) : part);
          }
        }
      }
      answer(open, results);
      List<Part> sent = new ArrayList<>(results);
      others.stream().filter(this::isSent).forEach(sent::add);
      if (sent.isEmpty()) {
        continue;
      }
      if (assistant) {
        calls(open, sent);
      }
      out.add(
          message -> {
            message.put("role", assistant ? "assistant" : "user");
            message.array("content", blocks -> sent.forEach(part -> part(blocks, part)));
          });
    }
    open.forEach(id -> losses.refuse("messages: tool call " + id + " without a result"));
  }

  private void calls(Set<String> open, List<Part> parts) {
    for (Part part : parts) {
      if (part instanceof Part.ToolCall call && !open.add(CallIds.bare(call.id()))) {
        losses.refuse("messages: tool call " + call.id() + " twice");
      }
    }
  }

  /** Each result has its call in the turn before, and each call its result. */
  private void answer(Set<String> open, List<Part> results) {
    for (Part part : results) {
      if (part instanceof Part.ToolResult result && !open.remove(CallIds.bare(result.callId()))) {
        losses.refuse("messages: tool result " + result.callId() + " without a call");
      }
    }
    open.forEach(id -> losses.refuse("messages: tool call " + id + " without a result"));
    open.clear();
  }

  private static Part marked(Part part) {
    return part instanceof Part.Text(String text, Json cache)
        ? new Part.Text("<system>\n" + text + "\n</system>", cache)
        : part;
  }

  /** Returns whether a part goes to the provider: empty texts and foreign thoughts do not. */
  private boolean isSent(Part part) {
    return switch (part) {
      case Part.Text text -> !text.text().isBlank();
      case Part.Refusal refusal -> !refusal.text().isBlank();
      case Part.Thinking thinking -> own(thinking);
      default -> true;
    };
  }

  private boolean own(Part.Thinking thinking) {
    Signature signature = thinking.signature();
    boolean own = signature != null && signature.api().startsWith(AnthropicClient.NAME);
    if (!own) {
      losses.drop("thinking");
    }
    return own;
  }

  private void part(JsonOut out, Part part) {
    switch (part) {
      case Part.Text text -> {
        if (!text.text().isBlank()) {
          out.add(
              block -> {
                block.put("type", "text").put("text", text.text());
                mark(block, text.cache());
              });
        }
      }
      case Part.Refusal refusal ->
          out.add(block -> block.put("type", "text").put("text", refusal.text()));
      case Part.Media media -> out.add(block -> media(block, media));
      case Part.Thinking thinking -> out.add(block -> thinking(block, thinking));
      case Part.ToolCall call -> out.add(block -> call(block, call));
      case Part.ToolResult result -> out.add(block -> result(block, result));
    }
  }

  private static void thinking(JsonOut block, Part.Thinking thinking) {
    Signature signature = thinking.signature();
    if (signature == null) {
      return;
    }
    if (signature.api().equals(AnthropicClient.REDACTED)) {
      block.put("type", "redacted_thinking").put("data", signature.value());
    } else {
      block.put("type", "thinking").put("thinking", thinking.text());
      block.put("signature", signature.value());
    }
  }

  private void call(JsonOut block, Part.ToolCall call) {
    block.put("type", "tool_use").put("id", id(call.id()));
    block.put("name", ToolNames.sent(call.namespace(), call.name()));
    Json input = CustomTools.arguments(call);
    if (input.isObject()) {
      block.put("input", input);
    } else {
      losses.drop("arguments");
      block.object("input", object -> object.put("arguments", call.arguments()));
    }
    mark(block, call.cache());
  }

  /** The API takes letters, digits, underscores and hyphens. Equal ids stay equal. */
  private static String id(String signed) {
    String id = CallIds.bare(signed);
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean taken = c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-');
      plain.append(taken ? String.valueOf(c) : "_x%02x".formatted((int) c));
    }
    return plain.isEmpty() ? "call" : plain.toString();
  }

  private void result(JsonOut block, Part.ToolResult result) {
    block.put("type", "tool_result").put("tool_use_id", id(result.callId()));
    block.array("content", parts -> result.content().forEach(part -> part(parts, part)));
    if (result.error()) {
      block.put("is_error", true);
    }
    mark(block, result.cache());
  }

  private static String type(String mediaType) {
    return mediaType.equals("image/jpg") ? "image/jpeg" : mediaType;
  }

  private void media(JsonOut block, Part.Media media) {
    switch (media.kind()) {
      case IMAGE -> block.put("type", "image");
      case DOCUMENT -> block.put("type", "document");
      case AUDIO -> losses.refuse("input_audio");
    }
    block.object(
        "source",
        source -> {
          if (media.data() != null) {
            source.put("type", "base64").put("media_type", type(media.mediaType()));
            source.put("data", media.data());
          } else if (media.url() != null) {
            source.put("type", "url").put("url", media.url());
          } else {
            losses.refuse(media.kind() == MediaKind.IMAGE ? "image.file_id" : "file.file_id");
          }
        });
    if (media.kind() == MediaKind.DOCUMENT && !media.name().isEmpty()) {
      block.put("title", media.name());
    }
    mark(block, media.cache());
  }

  private void toolChoice(JsonOut out) {
    ToolChoice choice = request.toolChoice();
    boolean single = Boolean.FALSE.equals(request.parallelTools());
    if (request.tools().isEmpty() || (choice == null && !single)) {
      return;
    }
    out.object(
        "tool_choice",
        object -> {
          Choice how = choice == null ? Choice.AUTO : choice.choice();
          switch (how) {
            case AUTO -> object.put("type", "auto");
            case ANY -> object.put("type", "any");
            case NONE -> object.put("type", "none");
            case NAMED ->
                object
                    .put("type", "tool")
                    .put(
                        "name",
                        CustomTools.sentName(request.tools(), choice == null ? "" : choice.name()));
          }
          if (single && how != Choice.NONE) {
            object.put("disable_parallel_tool_use", true);
          }
        });
  }

  private void sampling(JsonOut out) {
    ChatRequest.Sampling sampling = request.sampling();
    boolean refused = rules.refusesSampling() || thinks();
    boolean one = rules.oneSampling() && !sampling.temperature().isNothing();
    number(out, "temperature", sampling.temperature(), refused);
    number(out, "top_p", sampling.topP(), refused || one);
    number(out, "top_k", sampling.topK(), refused);
  }

  /** Returns whether the model is asked to think, and may be. */
  private boolean thinks() {
    return request.reasoning() != null
        && !request.reasoning().effort().equals("none")
        && !forced()
        && (rules.adaptiveOnly() || thoughtBefore());
  }

  /** A model that must call a tool may not think first. */
  private boolean forced() {
    ToolChoice choice = request.toolChoice();
    return choice != null
        && !request.tools().isEmpty()
        && (choice.choice() == Choice.ANY || choice.choice() == Choice.NAMED);
  }

  /** With a budget, the last turn that called tools must begin with thoughts of the provider's. */
  private boolean thoughtBefore() {
    boolean own = false;
    boolean called = false;
    boolean good = true;
    for (Turn turn : request.turns()) {
      for (Part part : turn.parts()) {
        if (part instanceof Part.Thinking thinking) {
          Signature signature = thinking.signature();
          own |= signature != null && signature.api().startsWith(AnthropicClient.NAME);
        }
        called |= part instanceof Part.ToolCall;
      }
      if (turn.role() != Role.ASSISTANT) {
        good = called ? own : good;
        own = false;
        called = false;
      }
    }
    return called ? own : good;
  }

  private void number(JsonOut out, String name, Json value, boolean refused) {
    if (value.isNothing()) {
      return;
    }
    if (refused) {
      losses.drop(name);
    } else if (name.equals("temperature") && value.isAbove(1)) {
      losses.drop(name);
      out.put(name, 1L);
    } else {
      out.put(name, value);
    }
  }

  /** Returns the tokens to think with where the model wants a number; 0: none. */
  private long budget() {
    Reasoning reasoning = request.reasoning();
    if (reasoning == null || rules.adaptiveOnly() || !thinks()) {
      return 0;
    }
    long wanted =
        reasoning.budget() == null
            ? switch (reasoning.effort()) {
              case "minimal" -> LEAST_BUDGET;
              case "low" -> 2 * LEAST_BUDGET;
              case "medium" -> 8 * LEAST_BUDGET;
              default -> 16 * LEAST_BUDGET;
            }
            : Math.max(LEAST_BUDGET, reasoning.budget());
    Long most = request.maxOutput();
    long within = most == null ? wanted : Math.min(wanted, most / 2);
    return within >= LEAST_BUDGET ? within : 0;
  }

  /** Thoughts count into the bound, so a bound of Drover's own makes room for them. */
  private long most(long budget) {
    Long most = request.maxOutput();
    return most == null ? target.defaultMaxOutput() + budget : most;
  }

  private void reasoning(JsonOut out, long budget) {
    Reasoning reasoning = request.reasoning();
    if (reasoning == null) {
      return;
    }
    if (reasoning.effort().equals("none")) {
      if (!rules.adaptiveOnly()) {
        out.object("thinking", thinking -> thinking.put("type", "disabled"));
      }
    } else if (rules.adaptiveOnly() && thinks()) {
      out.object(
          "thinking",
          thinking -> {
            thinking.put("type", "adaptive");
            if (reasoning.shown()) {
              thinking.put("display", "summarized");
            }
          });
    } else if (budget > 0) {
      out.object("thinking", t -> t.put("type", "enabled").put("budget_tokens", budget));
    } else {
      losses.drop("reasoning");
    }
  }

  private void format(JsonOut out) {
    ChatRequest.Format format = request.format();
    Json schema = format == null ? Json.MISSING : format.schema();
    if (format != null && !schema.isObject()) {
      losses.drop("response_format");
    } else if (format != null && rules.noSchema()) {
      losses.refuse("response_format");
    }
    String effort = effort();
    if (!schema.isObject() && effort == null) {
      return;
    }
    out.object(
        "output_config",
        config -> {
          config.put("effort", effort);
          if (schema.isObject()) {
            config.object("format", f -> f.put("type", "json_schema").put("schema", schema));
          }
        });
  }

  /** Returns the effort as the API has it, or null where it is not said by an effort. */
  private @Nullable String effort() {
    Reasoning reasoning = request.reasoning();
    String effort = reasoning == null || !rules.adaptiveOnly() ? "" : Efforts.of(reasoning);
    return switch (effort) {
      case "", "none" -> null;
      case "minimal" -> "low";
      default -> effort;
    };
  }
}
