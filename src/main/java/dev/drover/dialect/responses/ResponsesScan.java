package dev.drover.dialect.responses;

import dev.drover.dialect.Operation;
import dev.drover.dialect.request.RequestScan;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.util.List;

/** Reads the facts of one request in OpenAI's Responses API. */
final class ResponsesScan extends RequestScan {
  private static final List<String> KNOWN =
      List.of(
          "model",
          "stream",
          "max_output_tokens",
          "input",
          "instructions",
          "tools",
          "text",
          "temperature",
          "top_logprobs",
          "previous_response_id",
          "background");

  ResponsesScan(Operation operation, Bytes body) {
    super(operation, body, KNOWN);
  }

  @Override
  protected void field() {
    if (in.keyIs("model")) {
      model();
    } else if (in.keyIs("stream")) {
      stream();
    } else if (in.keyIs("max_output_tokens")) {
      maxOutput();
    } else if (in.keyIs("input")) {
      input();
    } else if (in.keyIs("instructions")) {
      system();
    } else if (in.keyIs("tools")) {
      tools();
    } else if (in.keyIs("text")) {
      formatWithin();
    } else if (in.keyIs("temperature")) {
      temperature();
    } else if (in.keyIs("top_logprobs")) {
      if (positive(0) > 0) {
        needs(Capability.LOGPROBS);
      }
    } else {
      in.skip();
    }
  }

  private void input() {
    if (in.peek() == Kind.STRING) {
      prompt();
    } else {
      messages();
    }
  }
}
