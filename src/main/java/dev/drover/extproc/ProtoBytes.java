package dev.drover.extproc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bodies between protobuf and our slices, without copying where the bytes lie in one array. */
final class ProtoBytes {
  private ProtoBytes() {}

  static Bytes of(ByteString string) {
    Capture capture = new Capture();
    try {
      UnsafeByteOperations.unsafeWriteTo(string, capture);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Bytes only = capture.only;
    return only != null && only.length() == string.size() ? only : Bytes.of(string.toByteArray());
  }

  static ByteString of(List<Bytes> rope) {
    ByteString joined = ByteString.EMPTY;
    for (Bytes part : rope) {
      joined =
          joined.concat(
              UnsafeByteOperations.unsafeWrap(part.array(), part.offset(), part.length()));
    }
    return joined;
  }

  /** Takes the array of a string that consists of one. */
  private static final class Capture extends ByteOutput {
    private @Nullable Bytes only;

    @Override
    public void write(byte value) {}

    @Override
    public void write(byte[] value, int offset, int length) {
      writeLazy(value, offset, length);
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      only = new Bytes(value, offset, length);
    }

    @Override
    public void write(ByteBuffer value) {}

    @Override
    public void writeLazy(ByteBuffer value) {}
  }
}
