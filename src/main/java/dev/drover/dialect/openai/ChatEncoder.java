package dev.drover.dialect.openai;

import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.sse.SseOut;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a response as the chunks of OpenAI's first API. */
final class ChatEncoder implements ResponseEncoder {
  private final ResponseContext context;
  private final SseOut out = new SseOut();
  private String id = "";
  private String model = "";
  private PartKind open = PartKind.TEXT;
  private final StringBuilder whole = new StringBuilder();
  private boolean said;
  private boolean custom;
  private String called = "";
  private String openId = "";
  private int calls = -1;

  ChatEncoder(ResponseContext context) {
    this.context = context;
  }

  @Override
  public void started(String itsId, String itsModel) {
    id = itsId;
    model = itsModel;
    delta(delta -> delta.put("role", "assistant").put("content", ""));
  }

  private void delta(Consumer<JsonOut> body) {
    chunk(
        chunk ->
            chunk.array(
                "choices",
                choices ->
                    choices.add(
                        choice -> {
                          choice.put("index", 0L).object("delta", body);
                          choice.putNull("finish_reason");
                        })));
  }

  private void chunk(Consumer<JsonOut> body) {
    out.data(
        JsonOut.object(
            chunk -> {
              CompletionForm.head(chunk, context, id, model, "chat.completion.chunk");
              body.accept(chunk);
            }));
  }

  @Override
  public void partStarted(PartKind kind, String callId, String name) {
    open = kind;
    said = false;
    whole.setLength(0);
    called = name;
    custom = kind == PartKind.TOOL_CALL && CompletionForm.isCustom(context, name);
    openId = callId;
    if (kind == PartKind.TOOL_CALL) {
      calls++;
    }
    if (kind == PartKind.TOOL_CALL && !custom) {
      call(
          call -> {
            call.put("id", callId).put("type", "function");
            call.object(
                "function",
                f -> f.put("name", CompletionForm.name(context, name)).put("arguments", ""));
          });
    }
  }

  private void call(Consumer<JsonOut> body) {
    delta(
        delta ->
            delta.array(
                "tool_calls",
                all -> all.add(call -> body.accept(call.put("index", (long) calls)))));
  }

  @Override
  public void partDelta(String text) {
    said = true;
    if (open == PartKind.REASONING || custom) {
      whole.append(text);
    }
    switch (open) {
      case TEXT -> delta(delta -> delta.put("content", text));
      case REFUSAL -> delta(delta -> delta.put("refusal", text));
      case REASONING -> delta(delta -> delta.put(ReasoningDetails.TEXT, text));
      case TOOL_CALL -> {
        if (!custom) { // free text comes whole
          call(call -> call.object("function", f -> f.put("arguments", text)));
        }
      }
    }
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    if (custom) {
      call(call -> CompletionForm.custom(call, context, openId, called, whole.toString()));
    } else if (open == PartKind.TOOL_CALL && !said) {
      call(call -> call.object("function", f -> f.put("arguments", "{}")));
    }
    if (open == PartKind.REASONING && signature != null) {
      delta(
          delta ->
              delta.array(
                  ReasoningDetails.FIELD,
                  all ->
                      all.add(
                          detail -> ReasoningDetails.detail(detail, whole.toString(), signature))));
    }
  }

  @Override
  public void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage) {
    chunk(
        chunk ->
            chunk.array(
                "choices",
                choices ->
                    choices.add(
                        choice -> {
                          choice.put("index", 0L).object("delta", none -> {});
                          choice.put("finish_reason", CompletionForm.reason(stop));
                        })));
    if (context.usage() && usage != null) {
      chunk(
          chunk -> {
            chunk.array("choices", none -> {});
            chunk.object("usage", counts -> CompletionForm.usage(counts, usage));
          });
    }
    out.data(Bytes.utf8("[DONE]"));
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    out.data(OpenAiClient.errorBody(error.status(), error.code(), error.message(), error.param()));
  }

  @Override
  public Bytes take() {
    return out.take();
  }
}
