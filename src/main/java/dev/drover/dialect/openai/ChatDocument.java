package dev.drover.dialect.openai;

import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a response as one chat completion of OpenAI's first API. */
final class ChatDocument implements ResponseEncoder {
  private final ResponseContext context;
  private final StringBuilder content = new StringBuilder();
  private final StringBuilder refusal = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder part = new StringBuilder();
  private final List<Json> details = new ArrayList<>();
  private final List<Json> calls = new ArrayList<>();
  private String id = "";
  private String model = "";
  private PartKind open = PartKind.TEXT;
  private String callId = "";
  private String name = "";
  private boolean words;
  private Bytes written = Bytes.EMPTY;

  ChatDocument(ResponseContext context) {
    this.context = context;
  }

  @Override
  public void started(String itsId, String itsModel) {
    id = itsId;
    model = itsModel;
  }

  @Override
  public void partStarted(PartKind kind, String itsCallId, String itsName) {
    open = kind;
    callId = itsCallId;
    name = itsName;
    part.setLength(0);
  }

  @Override
  public void partDelta(String text) {
    part.append(text);
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    String whole = part.toString();
    switch (open) {
      case TEXT -> {
        words = true;
        content.append(whole);
      }
      case REFUSAL -> refusal.append(whole);
      case REASONING -> {
        reasoning.append(whole);
        if (signature != null) {
          details.add(JsonOut.tree(out -> ReasoningDetails.detail(out, whole, signature)));
        }
      }
      case TOOL_CALL ->
          calls.add(
              JsonOut.tree(
                  call -> {
                    if (CompletionForm.isCustom(context, name)) {
                      CompletionForm.custom(call, context, callId, name, whole);
                      return;
                    }
                    call.put("id", callId).put("type", "function");
                    call.object(
                        "function",
                        f ->
                            f.put("name", CompletionForm.name(context, name))
                                .put("arguments", whole.isEmpty() ? "{}" : whole));
                  }));
    }
  }

  @Override
  public void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage) {
    written =
        JsonOut.object(
            out -> {
              CompletionForm.head(out, context, id, model, "chat.completion");
              out.array(
                  "choices",
                  choices ->
                      choices.add(
                          choice -> {
                            choice.put("index", 0L).object("message", this::message);
                            choice.put("finish_reason", CompletionForm.reason(stop));
                          }));
              if (usage != null) {
                out.object("usage", counts -> CompletionForm.usage(counts, usage));
              }
            });
  }

  private void message(JsonOut out) {
    out.put("role", "assistant");
    if (words) {
      out.put("content", content.toString());
    } else {
      out.putNull("content");
    }
    out.put("refusal", refusal.isEmpty() ? null : refusal.toString());
    out.put(ReasoningDetails.TEXT, reasoning.isEmpty() ? null : reasoning.toString());
    if (!details.isEmpty()) {
      out.array(ReasoningDetails.FIELD, all -> details.forEach(all::add));
    }
    if (!calls.isEmpty()) {
      out.array("tool_calls", all -> calls.forEach(all::add));
    }
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    written = OpenAiClient.errorBody(error.status(), error.code(), error.message(), error.param());
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public Bytes take() {
    Bytes taken = written;
    written = Bytes.EMPTY;
    return taken;
  }
}
