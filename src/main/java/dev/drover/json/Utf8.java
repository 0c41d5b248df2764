package dev.drover.json;

import dev.drover.types.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080808080808080L;

  private static final int STEP = 4 * Long.BYTES;

  private Utf8() {}

  private static long highBits(byte[] array, int i) {
    return ((long) LONGS.get(array, i) | (long) LONGS.get(array, i + Long.BYTES)) & HIGH_BITS;
  }

  /** The index of the first byte that is not valid UTF-8, or -1. */
  public static int firstInvalid(Bytes bytes) {
    byte[] array = bytes.array();
    int end = bytes.offset() + bytes.length();
    int i = bytes.offset();
    while (i < end) {
      if (i + STEP <= end && (highBits(array, i) | highBits(array, i + STEP / 2)) == 0) {
        i += STEP;
      } else if (i + Long.BYTES <= end && ((long) LONGS.get(array, i) & HIGH_BITS) == 0) {
        i += Long.BYTES;
      } else if (array[i] >= 0) {
        i++;
      } else {
        int size = sequence(array, i, end);
        if (size == 0) {
          return i - bytes.offset();
        }
        i += size;
      }
    }
    return -1;
  }

  /** The bytes of the multi-byte sequence at {@code i}, or 0 when it is malformed or cut. */
  private static int sequence(byte[] array, int i, int end) {
    int lead = array[i] & 0xFF;
    int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + size > end) {
      return 0;
    }
    for (int k = 1; k < size; k++) {
      if ((array[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = array[i + 1] & 0xFF;
    boolean bad =
        (lead == 0xE0 && second < 0xA0)
            || (lead == 0xED && second > 0x9F)
            || (lead == 0xF0 && second < 0x90)
            || (lead == 0xF4 && second > 0x8F);
    return bad ? 0 : size;
  }
}
