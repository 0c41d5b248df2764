package dev.drover.dialect.responses;

import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolKind;
import dev.drover.dialect.chat.CustomTools;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.sse.SseOut;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a response in OpenAI's Responses API, as a document or as events. */
final class ResponsesEncoder implements ResponseEncoder {
  /** Codes that clients act on. */
  private static final Set<String> PASSED =
      Set.of("rate_limit_exceeded", "context_length_exceeded", "insufficient_quota");

  private final ResponseContext context;
  private final SseOut out = new SseOut();
  private final List<Json> items = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private String id = "";
  private String model = "";
  private PartKind open = PartKind.TEXT;
  private String callId = "";
  private String name = "";
  private @Nullable Tool tool;
  private boolean refused;
  private long sequence;
  private Bytes document = Bytes.EMPTY;

  ResponsesEncoder(ResponseContext context) {
    this.context = context;
  }

  @Override
  public void started(String itsId, String itsModel) {
    String plain = (itsId.isEmpty() ? context.id() : itsId).replaceAll("[^A-Za-z0-9]", "");
    id = "resp_" + plain.replaceFirst("^resp", "");
    model = itsModel;
    for (String type : List.of("response.created", "response.in_progress")) {
      event(type, event -> event.object("response", body -> head(body, "in_progress")));
    }
  }

  private void head(JsonOut out, String status) {
    out.put("id", id.isEmpty() ? "resp_" + context.id() : id)
        .put("object", "response")
        .put("created_at", context.created());
    out.put("status", status).put("model", model);
    out.putNull("instructions").object("metadata", none -> {});
    out.put("parallel_tool_calls", true).putNull("temperature").putNull("top_p");
    out.put("tool_choice", "auto").array("tools", none -> {});
    out.put("store", false).putNull("previous_response_id");
    if (status.equals("in_progress")) {
      out.putNull("error").putNull("incomplete_details");
      out.array("output", none -> {}).putNull("usage");
    }
  }

  private void event(String type, Consumer<JsonOut> body) {
    if (context.stream()) {
      out.event(
          type,
          JsonOut.object(
              event -> body.accept(event.put("type", type).put("sequence_number", sequence++))));
    }
  }

  private void ofItem(String type, Consumer<JsonOut> body) {
    event(
        type,
        event ->
            body.accept(event.put("item_id", itemId()).put("output_index", (long) items.size())));
  }

  private String itemId() {
    String prefix =
        switch (open) {
          case TEXT, REFUSAL -> "msg_";
          case REASONING -> "rs_";
          case TOOL_CALL -> custom() ? "ctc_" : "fc_";
        };
    return prefix + id.substring(Math.min(id.length(), "resp_".length())) + "_" + items.size();
  }

  private boolean custom() {
    return tool != null && tool.kind() == ToolKind.CUSTOM;
  }

  @Override
  public void partStarted(PartKind kind, String itsCallId, String itsName) {
    open = kind;
    callId = itsCallId;
    name = itsName;
    tool = kind == PartKind.TOOL_CALL ? context.tools().called(itsName) : null;
    text.setLength(0);
    event(
        "response.output_item.added",
        event ->
            event
                .put("output_index", (long) items.size())
                .object("item", item -> item(item, "in_progress", null)));
    switch (kind) {
      case TEXT, REFUSAL -> content("response.content_part.added");
      case REASONING -> summary("response.reasoning_summary_part.added");
      case TOOL_CALL -> {}
    }
  }

  private void content(String type) {
    ofItem(type, event -> event.put("content_index", 0L).object("part", this::contentPart));
  }

  private void contentPart(JsonOut part) {
    if (open == PartKind.REFUSAL) {
      part.put("type", "refusal").put("refusal", text.toString());
    } else {
      part.put("type", "output_text").put("text", text.toString());
      part.array("annotations", none -> {}).array("logprobs", none -> {});
    }
  }

  private void summary(String type) {
    ofItem(
        type,
        event ->
            event
                .put("summary_index", 0L)
                .object(
                    "part", part -> part.put("type", "summary_text").put("text", text.toString())));
  }

  /** Writes the item that is open; whole when it has ended. */
  private void item(JsonOut item, String status, @Nullable Signature signature) {
    boolean whole = status.equals("completed");
    item.put("id", itemId());
    switch (open) {
      case TEXT, REFUSAL -> {
        item.put("type", "message").put("status", status).put("role", "assistant");
        item.array(
            "content",
            parts -> {
              if (whole) {
                parts.add(this::contentPart);
              }
            });
      }
      case REASONING -> {
        item.put("type", "reasoning");
        item.array(
            "summary",
            parts -> {
              if (whole && !text.isEmpty()) {
                parts.add(p -> p.put("type", "summary_text").put("text", text.toString()));
              }
            });
        item.put("encrypted_content", signature == null ? null : ReasoningItems.carried(signature));
      }
      case TOOL_CALL -> {
        item.put("type", custom() ? "custom_tool_call" : "function_call").put("status", status);
        item.put("call_id", callId).put("name", tool == null ? name : tool.name());
        String namespace = tool == null ? "" : tool.namespace();
        item.put("namespace", namespace.isEmpty() ? null : namespace);
        item.put(custom() ? "input" : "arguments", whole ? argument() : "");
      }
    }
  }

  private String argument() {
    String whole = text.toString();
    if (custom()) {
      return CustomTools.text(whole);
    }
    return whole.isEmpty() ? "{}" : whole;
  }

  @Override
  public void partDelta(String more) {
    text.append(more);
    switch (open) {
      case TEXT ->
          ofItem(
              "response.output_text.delta",
              event ->
                  event.put("content_index", 0L).put("delta", more).array("logprobs", none -> {}));
      case REFUSAL ->
          ofItem(
              "response.refusal.delta", event -> event.put("content_index", 0L).put("delta", more));
      case REASONING ->
          ofItem(
              "response.reasoning_summary_text.delta",
              event -> event.put("summary_index", 0L).put("delta", more));
      case TOOL_CALL -> {
        if (!custom()) { // free text comes whole: its quotes and escapes are those of JSON here
          ofItem("response.function_call_arguments.delta", event -> event.put("delta", more));
        }
      }
    }
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    String whole = text.toString();
    switch (open) {
      case TEXT -> {
        ofItem(
            "response.output_text.done",
            event ->
                event.put("content_index", 0L).put("text", whole).array("logprobs", none -> {}));
        content("response.content_part.done");
      }
      case REFUSAL -> {
        refused = true;
        ofItem(
            "response.refusal.done", event -> event.put("content_index", 0L).put("refusal", whole));
        content("response.content_part.done");
      }
      case REASONING -> {
        ofItem(
            "response.reasoning_summary_text.done",
            event -> event.put("summary_index", 0L).put("text", whole));
        summary("response.reasoning_summary_part.done");
      }
      case TOOL_CALL -> callEnded();
    }
    Json item = JsonOut.tree(body -> item(body, "completed", signature));
    event(
        "response.output_item.done",
        event -> event.put("output_index", (long) items.size()).put("item", item));
    items.add(item);
  }

  private void callEnded() {
    if (custom()) {
      ofItem("response.custom_tool_call_input.delta", event -> event.put("delta", argument()));
      ofItem("response.custom_tool_call_input.done", event -> event.put("input", argument()));
    } else {
      ofItem(
          "response.function_call_arguments.done",
          event ->
              event.put("name", tool == null ? name : tool.name()).put("arguments", argument()));
    }
  }

  @Override
  public void finished(Stop stop, @Nullable String stopText, @Nullable Usage usage) {
    boolean cut = stop == Stop.LENGTH || (stop == Stop.FILTERED && !refused);
    String reason = stop == Stop.LENGTH ? "max_output_tokens" : "content_filter";
    close(cut ? "incomplete" : "completed", cut ? reason : null, null, usage);
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    if (context.stream()) {
      close("failed", null, error, usage);
    } else {
      document =
          ResponsesClient.errorBody(error.status(), error.code(), error.message(), error.param());
    }
  }

  private void close(
      String status, @Nullable String cut, @Nullable GatewayError error, @Nullable Usage usage) {
    Consumer<JsonOut> body =
        response -> {
          head(response, status);
          if (error == null) {
            response.putNull("error");
          } else {
            response.object(
                "error",
                e ->
                    e.put("code", PASSED.contains(error.code()) ? error.code() : "server_error")
                        .put("message", error.message()));
          }
          if (cut == null) {
            response.putNull("incomplete_details");
          } else {
            response.object("incomplete_details", details -> details.put("reason", cut));
          }
          response.array("output", all -> items.forEach(all::add));
          usage(response, usage);
        };
    event("response." + status, event -> event.object("response", body));
    if (!context.stream()) {
      document = JsonOut.object(body);
    }
  }

  private static void usage(JsonOut out, @Nullable Usage usage) {
    if (usage == null) {
      out.putNull("usage");
      return;
    }
    out.object(
        "usage",
        counts -> {
          counts.put("input_tokens", usage.input());
          counts.object(
              "input_tokens_details",
              parts ->
                  parts
                      .put("cached_tokens", usage.cachedInput())
                      .put("cache_write_tokens", usage.cacheWrite5m() + usage.cacheWrite1h()));
          counts.put("output_tokens", usage.output());
          counts.object(
              "output_tokens_details", parts -> parts.put("reasoning_tokens", usage.reasoning()));
          counts.put("total_tokens", usage.tokens());
        });
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public Bytes take() {
    if (context.stream()) {
      return out.take();
    }
    Bytes taken = document;
    document = Bytes.EMPTY;
    return taken;
  }
}
