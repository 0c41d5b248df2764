package dev.drover.dialect;

import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a stored response in the other form of its API: a document as a stream, or back. */
final class Replay {
  private Replay() {}

  /** Returns the tokens of the prompt that the response states, which some streams begin with. */
  private static long input(ProviderApi provider, ResponseHead head, Bytes response) {
    try (ResponseReader counted = provider.chatReader(head)) {
      counted.read(response, true);
      Usage stated = counted.facts(true).usage();
      return stated == null ? 0 : stated.uncachedInput();
    }
  }

  static @Nullable Bytes rewritten(
      ClientApi client, Bytes response, boolean stream, boolean usage) {
    ProviderApi provider = Dialects.named(client.name()).orElseThrow().provider();
    ResponseHead head =
        new ResponseHead(200, stream ? "application/json" : "text/event-stream", "");
    ResponseContext context =
        new ResponseContext(
            stream, usage, "", 0, input(provider, head, response), ToolNames.NONE, "");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TranslatedResponse reader = new TranslatedResponse(client, provider, context, head)) {
      Bytes whole = reader.read(response, true);
      out.write(whole.array(), whole.offset(), whole.length());
      return reader.succeeded() && reader.isCarried() ? Bytes.of(out.toByteArray()) : null;
    }
  }
}
