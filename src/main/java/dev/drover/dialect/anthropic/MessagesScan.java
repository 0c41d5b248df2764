package dev.drover.dialect.anthropic;

import dev.drover.dialect.Operation;
import dev.drover.dialect.request.RequestScan;
import dev.drover.types.Bytes;
import java.util.List;

/** Reads the facts of one request in Anthropic's Messages API. */
final class MessagesScan extends RequestScan {
  private static final List<String> KNOWN =
      List.of(
          "model",
          "stream",
          "max_tokens",
          "messages",
          "system",
          "tools",
          "temperature",
          "output_config",
          "output_format");

  MessagesScan(Operation operation, Bytes body) {
    super(operation, body, KNOWN);
  }

  @Override
  protected void field() {
    if (in.keyIs("model")) {
      model();
    } else if (in.keyIs("stream")) {
      stream();
    } else if (in.keyIs("max_tokens")) {
      maxOutput();
    } else if (in.keyIs("messages")) {
      messages();
    } else if (in.keyIs("system")) {
      system();
    } else if (in.keyIs("tools")) {
      tools();
    } else if (in.keyIs("temperature")) {
      temperature();
    } else if (in.keyIs("output_config")) {
      formatWithin();
    } else if (in.keyIs("output_format")) {
      format("schema");
    } else {
      in.skip();
    }
  }
}
