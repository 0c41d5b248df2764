package dev.drover.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A slice of a byte array: how bodies travel between the wire and the dialects without being
 * copied. Immutable by agreement: nobody writes to the array once it is wrapped.
 */
public final class Bytes {
  /** No bytes at all. */
  public static final Bytes EMPTY = of(new byte[0]);

  private final byte[] array;
  private final int offset;
  private final int length;

  /**
   * @param array the backing array, shared
   * @param offset first byte of the slice, in bytes from the start of the array
   * @param length bytes in the slice
   */
  public Bytes(byte[] array, int offset, int length) {
    if (offset < 0 || length < 0 || offset + length > array.length) {
      throw new IllegalArgumentException(
          "slice: %d+%d (expected: within 0..%d)".formatted(offset, length, array.length));
    }
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  public static Bytes of(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  /** The UTF-8 bytes of {@code text}. */
  public static Bytes utf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The backing array; must not be written to. */
  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** Bytes of all parts of a rope. */
  public static long length(List<Bytes> rope) {
    long sum = 0;
    for (Bytes part : rope) {
      sum += part.length;
    }
    return sum;
  }

  /** Returns a copy of all parts of a rope, in order, as one slice. */
  public static Bytes join(List<Bytes> rope) {
    byte[] all = new byte[Math.toIntExact(length(rope))];
    int at = 0;
    for (Bytes part : rope) {
      System.arraycopy(part.array, part.offset, all, at, part.length);
      at += part.length;
    }
    return of(all);
  }

  /** The byte at {@code index} of the slice. */
  public byte at(int index) {
    return array[offset + index];
  }

  /** The part from {@code from} (inclusive) to {@code to} (exclusive); shares the array. */
  public Bytes slice(int from, int to) {
    return new Bytes(array, offset + from, to - from);
  }

  /** Returns whether the slice holds the bytes of {@code these} at the offset {@code from}. */
  public boolean startsWith(byte[] these, int from) {
    int begin = offset + from;
    return from + these.length <= length
        && Arrays.equals(array, begin, begin + these.length, these, 0, these.length);
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** A copy of the slice. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** The slice read as UTF-8; malformed input becomes U+FFFD. */
  public String text() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + at(i);
    }
    return hash;
  }

  /** Length only: bodies must not reach a log through a careless {@code toString}. */
  @Override
  public String toString() {
    return "Bytes[" + length + "]";
  }
}
