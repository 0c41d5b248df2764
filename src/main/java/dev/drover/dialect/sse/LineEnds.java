package dev.drover.dialect.sse;

import dev.drover.types.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds where lines end, eight bytes at a time. */
final class LineEnds {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;

  private LineEnds() {}

  /** The first LF or CR from {@code from} on; the length when there is none. */
  static int next(Bytes text, int from) {
    byte[] bytes = text.array();
    int end = text.offset() + text.length();
    int i = text.offset() + from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long word = (long) LONGS.get(bytes, i);
      long found = zeros(word ^ EACH * '\n') | zeros(word ^ EACH * '\r');
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >> 3) - text.offset();
      }
    }
    while (i < end && bytes[i] != '\n' && bytes[i] != '\r') {
      i++;
    }
    return i - text.offset();
  }

  /**
   * The high bit of each zero byte. Anderson, "Bit Twiddling Hacks": bytes above the first may be
   * marked in error, those below never.
   */
  private static long zeros(long word) {
    return (word - EACH) & ~word & HIGH;
  }
}
