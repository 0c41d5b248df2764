package dev.drover.extproc.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.drover.types.Bytes;
import java.io.IOException;

/** Walks the fields of one message where it lies. One reader's. */
final class ProtoReader {
  /**
   * The wire type of a value with its length before it; wire types are the low three bits of a tag.
   */
  static final int SIZED = WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** The wire type of a whole number, a flag or an enum's constant. */
  static final int VARINT = WireFormat.WIRETYPE_VARINT;

  /** The wire type of a {@code double}. */
  static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;

  private final Bytes message;
  private final CodedInputStream in;
  private int tag;

  ProtoReader(Bytes message) {
    this.message = message;
    this.in = CodedInputStream.newInstance(message.array(), message.offset(), message.length());
  }

  /** The next field's tag; 0 at the end. Its value must be read or skipped. */
  int next() throws IOException {
    tag = in.readTag();
    return tag;
  }

  /** The value of a field with a length. */
  Bytes value() throws IOException {
    int size = in.readRawVarint32();
    int from = in.getTotalBytesRead();
    in.skipRawBytes(size);
    return message.slice(from, from + size);
  }

  int number() throws IOException {
    return in.readInt32();
  }

  boolean flag() throws IOException {
    return in.readBool();
  }

  double fraction() throws IOException {
    return in.readDouble();
  }

  void skip() throws IOException {
    in.skipField(tag);
  }
}
