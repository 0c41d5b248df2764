package dev.drover.dialect.sse;

import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a {@code text/event-stream}. Confined to one thread. */
public final class SseOut {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

  /** Writes an event with a name and data of one line. */
  public void event(String name, Bytes data) {
    text("event: " + name + "\n");
    data(data);
  }

  /** Writes an event with data of one line. */
  public void data(Bytes data) {
    text("data: ");
    out.write(data.array(), data.offset(), data.length());
    text("\n\n");
  }

  private void text(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the bytes written since the last call; may be empty. */
  public Bytes take() {
    Bytes taken = out.size() == 0 ? Bytes.EMPTY : Bytes.of(out.toByteArray());
    out.reset();
    return taken;
  }
}
