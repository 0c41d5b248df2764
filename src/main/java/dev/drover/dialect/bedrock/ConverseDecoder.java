package dev.drover.dialect.bedrock;

import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;

/** Reads a response of Bedrock's Converse API, or its events, each under the name of its type. */
final class ConverseDecoder implements ResponseDecoder {
  private final ChatStream out;
  private final String exchange;

  ConverseDecoder(ChatStream out, String exchange) {
    this.out = out;
    this.exchange = exchange;
  }

  @Override
  public void document(Json document) {
    Json message = document.get("output").get("message");
    if (!message.isObject()) {
      out.fail(GatewayError.MALFORMED);
      return;
    }
    out.start(exchange, "");
    int index = 0;
    for (Json block : message.get("content").elements()) {
      Json use = block.get("toolUse");
      if (use.isObject()) {
        Json input = use.get("input");
        String arguments = input.isObject() ? input.toString() : "{}";
        out.call(index, use.text("toolUseId"), use.text("name"), arguments);
      } else {
        out.text(block.text("text"));
        Json text = block.get("reasoningContent").get("reasoningText");
        out.reasoning(text.text("text"));
        sign(text.text("signature"));
      }
      out.endPart();
      index++;
    }
    stop(document.text("stopReason"));
    out.end();
  }

  @Override
  public void event(Json data) {
    data.members(
        (type, event) -> {
          int index = (int) event.integer("contentBlockIndex", 0);
          switch (type) {
            case "messageStart" -> out.start(exchange, "");
            case "contentBlockStart" -> {
              Json use = event.get("start").get("toolUse");
              if (use.isObject()) {
                out.call(index, use.text("toolUseId"), use.text("name"), "");
              }
            }
            case "contentBlockDelta" -> delta(index, event.get("delta"));
            case "contentBlockStop" -> out.endPart();
            case "messageStop" -> stop(event.text("stopReason"));
            case "metadata" -> out.end();
            case "exception" ->
                out.fail(new GatewayError(502, "exception", event.text("message"), null));
            default -> {}
          }
        });
  }

  private void delta(int index, Json delta) {
    out.text(delta.text("text"));
    if (delta.get("toolUse").isObject()) {
      out.call(index, "", "", delta.get("toolUse").text("input"));
    }
    Json reasoning = delta.get("reasoningContent");
    out.reasoning(reasoning.text("text"));
    sign(reasoning.text("signature"));
  }

  private void sign(String signature) {
    if (!signature.isEmpty()) {
      out.reasoningSigned(new Signature(BedrockProvider.NAME, signature));
    }
  }

  private void stop(String reason) {
    switch (reason) {
      case "max_tokens", "model_context_window_exceeded" -> out.stop(Stop.LENGTH, null);
      case "tool_use" -> out.stop(Stop.TOOL_CALLS, null);
      case "stop_sequence" -> out.stop(Stop.SEQUENCE, null);
      case "guardrail_intervened", "content_filtered" -> out.stop(Stop.FILTERED, null);
      case "malformed_model_output", "malformed_tool_use" ->
          out.fail(new GatewayError(502, reason, "The model's output could not be read.", null));
      default -> out.stop(Stop.END, null);
    }
  }

  /** Returns the error that a body states. */
  static GatewayError error(int status, Json body) {
    String message = body.text("message");
    String type = body.text("__type");
    return new GatewayError(
        status,
        type.isEmpty() ? "provider_error" : type,
        message.isEmpty() ? body.text("Message") : message,
        null);
  }
}
