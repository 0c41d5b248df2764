package dev.drover.dialect;

import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a stored response in the other form of its API: a document as a stream, or back. */
final class Replay {
  private Replay() {}

  static @Nullable Bytes rewritten(
      ClientApi client, Bytes response, boolean stream, boolean usage) {
    ProviderApi provider = Dialects.named(client.name()).orElseThrow().provider();
    ResponseContext context = new ResponseContext(stream, usage, "", 0, 0, ToolNames.NONE);
    ResponseHead head =
        new ResponseHead(200, stream ? "application/json" : "text/event-stream", "");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TranslatedResponse reader = new TranslatedResponse(client, provider, context, head)) {
      Bytes whole = reader.read(response, true);
      out.write(whole.array(), whole.offset(), whole.length());
      return reader.succeeded() && reader.isCarried() ? Bytes.of(out.toByteArray()) : null;
    }
  }
}
