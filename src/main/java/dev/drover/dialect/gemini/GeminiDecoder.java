package dev.drover.dialect.gemini;

import dev.drover.dialect.chat.CallIds;
import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response of Gemini's API, or the chunks of its stream. Each chunk has the form of a whole
 * response; the stream ends with its bytes.
 */
final class GeminiDecoder implements ResponseDecoder {
  private final ChatStream out;
  private final ResponseContext context;
  private int calls;

  GeminiDecoder(ChatStream out, ResponseContext context) {
    this.out = out;
    this.context = context;
  }

  @Override
  public void document(Json document) {
    event(document);
    out.end();
  }

  @Override
  public void event(Json data) {
    if (data.has("error")) {
      out.fail(error(502, data));
      return;
    }
    out.start(data.text("responseId"), data.text("modelVersion"));
    if (!data.get("promptFeedback").text("blockReason").isEmpty()) {
      out.stop(Stop.FILTERED, null);
    }
    List<Json> candidates = data.get("candidates").elements();
    if (!candidates.isEmpty()) {
      Json candidate = candidates.getFirst();
      candidate.get("content").get("parts").elements().forEach(this::part);
      stop(candidate.text("finishReason"));
    }
  }

  private void part(Json part) {
    Signature signature = Signature.brought(GeminiClient.NAME, part.textOrNull("thoughtSignature"));
    Json call = part.get("functionCall");
    if (call.isObject()) {
      call(call, signature);
    } else if (part.isTrue("thought")) {
      out.reasoning(part.text("text"));
      if (signature != null) {
        out.reasoningSigned(signature);
      }
    } else if (part.get("text").isText()) {
      out.text(part.text("text"));
    } else {
      out.unknown();
    }
  }

  private void call(Json call, @Nullable Signature signature) {
    String given = call.text("id");
    String id = given.isEmpty() ? "call_" + context.id() + "_" + calls : given;
    Json arguments = call.get("args");
    out.call(
        calls++,
        CallIds.signed(id, signature),
        call.text("name"),
        arguments.isObject() ? arguments.toString() : "{}");
  }

  private void stop(String reason) {
    switch (reason) {
      case "", "FINISH_REASON_UNSPECIFIED" -> {}
      case "MAX_TOKENS" -> out.stop(Stop.LENGTH, null);
      case "SAFETY",
          "RECITATION",
          "LANGUAGE",
          "BLOCKLIST",
          "PROHIBITED_CONTENT",
          "SPII",
          "IMAGE_SAFETY" ->
          out.stop(Stop.FILTERED, null);
      case "MALFORMED_FUNCTION_CALL" ->
          out.fail(
              new GatewayError(
                  502, "malformed_function_call", "The model made a call that is no JSON.", null));
      default -> out.stop(Stop.END, null);
    }
  }

  /** Returns the error that a body states; streams send it within an array. */
  static GatewayError error(int status, Json body) {
    List<Json> several = body.elements();
    Json error = (several.isEmpty() ? body : several.getFirst()).get("error");
    String code = error.text("status");
    return new GatewayError(
        status, code.isEmpty() ? "provider_error" : code, error.text("message"), null);
  }
}
