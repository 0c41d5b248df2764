package dev.drover.extproc.codec;

import dev.drover.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes one protobuf message from its end to its beginning, so that the length of a part is known
 * when its beginning is written. Fields are written in the reverse order therefore, each message's
 * after what follows it. Confined to one message.
 */
final class MessageWriter {
  private static final int USUAL = 512;

  private byte[] bytes = new byte[USUAL];
  private int at = USUAL;
  private List<Bytes> rope = List.of();
  private int ropeAt = USUAL;
  private int ropeLength;

  /** Bytes written so far. */
  int written() {
    return bytes.length - at + ropeLength;
  }

  /** A message, a text or bytes begins here, that ended when so much was written. */
  void begin(int field, int end) {
    varint(written() - end);
    varint(field << 3 | ProtoReader.SIZED);
  }

  /** A whole number from 0 on, a flag or an enum's constant. */
  void number(int field, int value) {
    varint(value);
    varint(field << 3 | ProtoReader.VARINT);
  }

  void fraction(int field, double value) {
    long bits = Double.doubleToRawLongBits(value);
    room(Long.BYTES);
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      bytes[--at] = (byte) (bits >>> (8 * i));
    }
    varint(field << 3 | ProtoReader.FIXED64);
  }

  void text(int field, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    room(utf8.length);
    at -= utf8.length;
    System.arraycopy(utf8, 0, bytes, at, utf8.length);
    varint(utf8.length);
    varint(field << 3 | ProtoReader.SIZED);
  }

  /** The body, which is not copied; at most one in a message. */
  void body(int field, List<Bytes> parts) {
    rope = parts;
    ropeAt = at;
    ropeLength = Math.toIntExact(Bytes.length(parts));
    varint(ropeLength);
    varint(field << 3 | ProtoReader.SIZED);
  }

  private void varint(int value) {
    int size = value == 0 ? 1 : (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7;
    room(size);
    at -= size;
    int rest = value;
    for (int i = 0; i < size; i++) {
      bytes[at + i] = (byte) (i < size - 1 ? (rest & 0x7F) | 0x80 : rest);
      rest >>>= 7;
    }
  }

  private void room(int size) {
    if (at < size) {
      int more = Math.max(bytes.length, size);
      byte[] larger = new byte[bytes.length + more];
      System.arraycopy(bytes, at, larger, at + more, bytes.length - at);
      bytes = larger;
      at += more;
      ropeAt += more;
    }
  }

  /** The message. Nothing can be written any more. */
  OutMessage message() {
    Bytes[] parts = new Bytes[rope.size() + 2];
    parts[0] = part(at, ropeAt);
    for (int i = 0; i < rope.size(); i++) {
      parts[i + 1] = rope.get(i);
    }
    parts[parts.length - 1] = part(ropeAt, bytes.length);
    return new OutMessage(parts);
  }

  private Bytes part(int from, int to) {
    return new Bytes(bytes, from, to - from);
  }
}
