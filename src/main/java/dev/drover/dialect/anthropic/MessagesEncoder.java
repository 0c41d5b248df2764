package dev.drover.dialect.anthropic;

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

/** Writes a response as the event stream of Anthropic's Messages API. */
final class MessagesEncoder implements ResponseEncoder {
  private final ResponseContext context;
  private final SseOut out = new SseOut();
  private PartKind open = PartKind.TEXT;
  private boolean begun;
  private int index = -1;

  MessagesEncoder(ResponseContext context) {
    this.context = context;
  }

  private void event(String type, Consumer<JsonOut> body) {
    out.event(type, JsonOut.object(event -> body.accept(event.put("type", type))));
  }

  @Override
  public void started(String id, String model) {
    event(
        "message_start",
        event ->
            event.object(
                "message",
                message -> {
                  MessageForm.head(message, context, id, model);
                  message.array("content", none -> {});
                  message.putNull("stop_reason").putNull("stop_sequence");
                  message.object(
                      "usage",
                      usage ->
                          usage
                              .put("input_tokens", context.inputEstimate())
                              .put("output_tokens", 1L));
                }));
  }

  @Override
  public void partStarted(PartKind kind, String callId, String name) {
    open = kind;
    index++;
    begun = kind != PartKind.REASONING; // what is not shown has another block
    if (begun) {
      begin(callId, name);
    }
  }

  private void begin(String callId, String name) {
    begun = true;
    event(
        "content_block_start",
        event ->
            event
                .put("index", (long) index)
                .object(
                    "content_block",
                    block -> {
                      switch (open) {
                        case TEXT, REFUSAL -> block.put("type", "text").put("text", "");
                        case REASONING ->
                            block.put("type", "thinking").put("thinking", "").put("signature", "");
                        case TOOL_CALL -> {
                          block.put("type", "tool_use").put("id", callId);
                          block.put("name", MessageForm.name(context, name));
                          block.object("input", none -> {});
                        }
                      }
                    }));
  }

  @Override
  public void partDelta(String text) {
    if (!begun) {
      begin("", "");
    }
    delta(
        delta -> {
          switch (open) {
            case TEXT, REFUSAL -> delta.put("type", "text_delta").put("text", text);
            case REASONING -> delta.put("type", "thinking_delta").put("thinking", text);
            case TOOL_CALL -> delta.put("type", "input_json_delta").put("partial_json", text);
          }
        });
  }

  private void delta(Consumer<JsonOut> body) {
    event("content_block_delta", event -> event.put("index", (long) index).object("delta", body));
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    if (!begun && signature != null && signature.api().equals(AnthropicClient.REDACTED)) {
      redacted(signature.value());
    } else if (!begun) {
      begin("", "");
    }
    if (begun && open == PartKind.REASONING && signature != null) {
      String carried = signature.carried(AnthropicClient.NAME);
      delta(delta -> delta.put("type", "signature_delta").put("signature", carried));
    }
    event("content_block_stop", event -> event.put("index", (long) index));
  }

  private void redacted(String data) {
    event(
        "content_block_start",
        event ->
            event
                .put("index", (long) index)
                .object(
                    "content_block",
                    block -> block.put("type", "redacted_thinking").put("data", data)));
  }

  @Override
  public void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage) {
    event(
        "message_delta",
        event -> {
          event.object(
              "delta",
              delta -> {
                delta.put("stop_reason", MessageForm.reason(stop));
                if (sequence == null) {
                  delta.putNull("stop_sequence");
                } else {
                  delta.put("stop_sequence", sequence);
                }
              });
          event.object("usage", counts -> MessageForm.usage(counts, context, usage));
        });
    event("message_stop", event -> {});
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    event(
        "error",
        event ->
            event.object(
                "error",
                body ->
                    body.put("type", MessageForm.errorType(error.status()))
                        .put("message", error.message())));
  }

  @Override
  public Bytes take() {
    return out.take();
  }
}
