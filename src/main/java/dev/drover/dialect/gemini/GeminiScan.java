package dev.drover.dialect.gemini;

import dev.drover.dialect.Operation;
import dev.drover.dialect.request.RequestScan;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.util.List;

/** Reads the facts of one request in Gemini's API. Its path names the model. */
final class GeminiScan extends RequestScan {
  private static final List<String> KNOWN =
      List.of(
          "contents",
          "systemInstruction",
          "system_instruction",
          "tools",
          "generationConfig",
          "generation_config",
          "generateContentRequest");

  private int choices = 1;

  GeminiScan(Operation operation, Bytes body, String model, boolean stream) {
    super(operation, body, KNOWN);
    given(model, stream);
  }

  @Override
  protected int choices() {
    return choices;
  }

  @Override
  protected void field() {
    if (in.keyIs("contents")) {
      messages();
    } else if (in.keyIs("systemInstruction") || in.keyIs("system_instruction")) {
      systemParts();
    } else if (in.keyIs("tools")) {
      tools();
    } else if (in.keyIs("generationConfig") || in.keyIs("generation_config")) {
      settings();
    } else if (in.keyIs("generateContentRequest") && in.peek() == Kind.OBJECT) {
      in.beginObject();
      while (in.nextField()) {
        field();
      }
    } else {
      in.skip();
    }
  }

  private void settings() {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("maxOutputTokens") || in.keyIs("max_output_tokens")) {
        maxOutput();
      } else if (in.keyIs("temperature")) {
        temperature();
      } else if (in.keyIs("candidateCount") || in.keyIs("candidate_count")) {
        choices = Math.clamp(positive(1), 1, 1024);
      } else if (isSchema()) {
        need(Capability.JSON_SCHEMA);
      } else {
        in.skip();
      }
    }
  }

  private boolean isSchema() {
    return in.keyIs("responseSchema")
        || in.keyIs("response_schema")
        || in.keyIs("responseJsonSchema")
        || in.keyIs("response_json_schema");
  }
}
