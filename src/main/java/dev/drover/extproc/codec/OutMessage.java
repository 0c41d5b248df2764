package dev.drover.extproc.codec;

import dev.drover.types.Bytes;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message as bytes, in parts that follow each other. Immutable. */
public final class OutMessage {
  private static final ByteArrayInputStream NOTHING = new ByteArrayInputStream(new byte[0]);

  private final Bytes[] parts;
  private final int length;

  OutMessage(Bytes... parts) {
    this.parts = parts;
    int sum = 0;
    for (Bytes part : parts) {
      sum += part.length();
    }
    this.length = sum;
  }

  /** The parts, in their order. */
  List<Bytes> parts() {
    return List.of(parts);
  }

  private int writeTo(OutputStream out) throws IOException {
    for (Bytes part : parts) {
      out.write(part.array(), part.offset(), part.length());
    }
    return length;
  }

  /** Returns all bytes of the message as one array. */
  byte[] toByteArray() {
    ByteArrayOutputStream all = new ByteArrayOutputStream(length);
    try {
      writeTo(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is none in memory
    }
    return all.toByteArray();
  }

  /** For gRPC, which takes the parts one after the other. */
  public InputStream stream() {
    return new Stream(this);
  }

  private static final class Stream extends InputStream implements KnownLength, Drainable {
    private final OutMessage message;
    private @Nullable ByteArrayInputStream rest;

    Stream(OutMessage message) {
      this.message = message;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      if (rest != null) {
        return (int) rest.transferTo(target);
      }
      rest = NOTHING;
      return message.writeTo(target);
    }

    @Override
    public int available() {
      return rest == null ? message.length : rest.available();
    }

    @Override
    public int read() {
      return begun().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return begun().read(target, offset, length);
    }

    private ByteArrayInputStream begun() {
      ByteArrayInputStream known = rest;
      if (known == null) {
        known = new ByteArrayInputStream(message.toByteArray());
        rest = known;
      }
      return known;
    }
  }
}
