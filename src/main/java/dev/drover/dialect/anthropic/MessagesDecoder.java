package dev.drover.dialect.anthropic;

import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;

/** Reads a message of Anthropic's API, or the events of its stream. */
final class MessagesDecoder implements ResponseDecoder {
  private final ChatStream out;
  private boolean input;
  private boolean foreign;

  MessagesDecoder(ChatStream out) {
    this.out = out;
  }

  @Override
  public void document(Json document) {
    if (document.text("type").equals("error")) {
      out.fail(error(502, document));
      return;
    }
    if (!document.get("content").isArray()) {
      out.fail(GatewayError.MALFORMED);
      return;
    }
    out.start(document.text("id"), document.text("model"));
    int index = 0;
    for (Json block : document.get("content").elements()) {
      begin(index, block);
      out.endPart();
      index++;
    }
    stop(document);
    out.end();
  }

  @Override
  public void event(Json data) {
    int index = (int) data.integer("index", 0);
    switch (data.text("type")) {
      case "message_start" -> {
        Json message = data.get("message");
        out.start(message.text("id"), message.text("model"));
      }
      case "content_block_start" -> begin(index, data.get("content_block"));
      case "content_block_delta" -> delta(index, data.get("delta"));
      case "content_block_stop" -> out.endPart();
      case "message_delta" -> stop(data.get("delta"));
      case "message_stop" -> out.end();
      case "error" -> out.fail(error(502, data));
      default -> {}
    }
  }

  private void begin(int index, Json block) {
    input = false;
    foreign = false;
    switch (block.text("type")) {
      case "text" -> out.text(block.text("text"));
      case "thinking" -> {
        out.reasoning(block.text("thinking"));
        sign(block.text("signature"));
      }
      case "redacted_thinking" ->
          out.reasoningSigned(new Signature(AnthropicClient.REDACTED, block.text("data")));
      case "tool_use" -> {
        Json given = block.get("input");
        input = given.isObject() && !given.isEmpty();
        out.call(index, block.text("id"), block.text("name"), input ? given.toString() : "");
      }
      default -> {
        foreign = true;
        out.unknown();
      }
    }
  }

  private void delta(int index, Json delta) {
    switch (delta.text("type")) {
      case "text_delta" -> out.text(delta.text("text"));
      case "thinking_delta" -> out.reasoning(delta.text("thinking"));
      case "signature_delta" -> sign(delta.text("signature"));
      case "input_json_delta" -> {
        if (!input && !foreign) {
          out.call(index, "", "", delta.text("partial_json"));
        }
      }
      default -> {}
    }
  }

  private void sign(String signature) {
    if (!signature.isEmpty()) {
      out.reasoningSigned(new Signature(AnthropicClient.NAME, signature));
    }
  }

  private void stop(Json from) {
    String reason = from.text("stop_reason");
    if (reason.isEmpty()) {
      return;
    }
    Stop stop =
        switch (reason) {
          case "max_tokens", "model_context_window_exceeded" -> Stop.LENGTH;
          case "tool_use" -> Stop.TOOL_CALLS;
          case "refusal" -> Stop.FILTERED;
          case "stop_sequence" -> Stop.SEQUENCE;
          case "pause_turn" -> Stop.PAUSE;
          default -> Stop.END;
        };
    out.stop(stop, from.textOrNull("stop_sequence"));
  }

  /** Returns the error that a body states. */
  static GatewayError error(int status, Json body) {
    Json error = body.get("error");
    String type = error.text("type");
    int known =
        switch (status == 502 ? type : "") {
          case "overloaded_error" -> 529;
          case "rate_limit_error" -> 429;
          case "invalid_request_error" -> 400;
          default -> status;
        };
    return new GatewayError(known, type, error.text("message"), null);
  }
}
