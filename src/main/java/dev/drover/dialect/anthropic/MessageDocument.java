package dev.drover.dialect.anthropic;

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

/** Writes a response as one message of Anthropic's Messages API. */
final class MessageDocument implements ResponseEncoder {
  private final ResponseContext context;
  private final List<Json> blocks = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private String id = "";
  private String model = "";
  private PartKind open = PartKind.TEXT;
  private String callId = "";
  private String name = "";
  private Bytes written = Bytes.EMPTY;

  MessageDocument(ResponseContext context) {
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
    text.setLength(0);
  }

  @Override
  public void partDelta(String more) {
    text.append(more);
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    String whole = text.toString();
    blocks.add(
        JsonOut.tree(
            block -> {
              switch (open) {
                case TEXT, REFUSAL -> block.put("type", "text").put("text", whole);
                case REASONING -> {
                  if (signature != null && signature.api().equals(AnthropicClient.REDACTED)) {
                    block.put("type", "redacted_thinking").put("data", signature.value());
                    return;
                  }
                  block.put("type", "thinking").put("thinking", whole);
                  String proof = signature == null ? "" : signature.carried(AnthropicClient.NAME);
                  block.put("signature", proof);
                }
                case TOOL_CALL -> {
                  block.put("type", "tool_use").put("id", callId);
                  block.put("name", MessageForm.name(context, name));
                  input(block, whole);
                }
              }
            }));
  }

  /** Arguments that are no JSON object stay visible: the tool's own error says more than none. */
  private static void input(JsonOut block, String arguments) {
    Json input = Json.parseOrMissing(Bytes.utf8(arguments));
    if (input.isObject()) {
      block.put("input", input);
    } else {
      block.object(
          "input", object -> object.put("arguments", arguments.isBlank() ? null : arguments));
    }
  }

  @Override
  public void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage) {
    written =
        JsonOut.object(
            out -> {
              MessageForm.head(out, context, id, model);
              out.array("content", content -> blocks.forEach(content::add));
              out.put("stop_reason", MessageForm.reason(stop));
              if (sequence == null) {
                out.putNull("stop_sequence");
              } else {
                out.put("stop_sequence", sequence);
              }
              out.object("usage", counts -> MessageForm.usage(counts, context, usage));
            });
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    written = AnthropicClient.errorBody(error.status(), error.message());
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
