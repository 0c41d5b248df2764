package dev.drover.dialect.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Passes over what is plain text within a JSON string, eight bytes at a time. */
final class Plain {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long QUOTES = EACH * '"';
  private static final long BACKSLASHES = EACH * '\\';
  private static final long BLANKS = EACH * ' ';

  /** By ASCII character: a table is sooner asked than a text searched. */
  private static final boolean[] ESCAPES = new boolean[128];

  static {
    "\"\\/bfnrt".chars().forEach(c -> ESCAPES[c] = true);
  }

  private Plain() {}

  /**
   * The first byte from {@code at} on that is a quote, a backslash or a control character; {@code
   * end} when there is none.
   */
  static int end(byte[] bytes, int at, int end) {
    int i = at;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long found = special((long) LONGS.get(bytes, i));
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >> 3);
      }
    }
    while (i < end && is(bytes[i])) {
      i++;
    }
    return i;
  }

  /** Whether it may follow a backslash as the one character of an escape. */
  static boolean standsForAnother(int c) {
    return c >= 0 && ESCAPES[c];
  }

  static boolean is(byte c) {
    return c < 0 || (c >= ' ' && c != '"' && c != '\\');
  }

  /**
   * The high bit of each special byte. Anderson, "Bit Twiddling Hacks", has the tests for a zero
   * byte and for one less than n: bytes above the first found may be marked in error, those below
   * never.
   */
  private static long special(long word) {
    long quote = word ^ QUOTES;
    long backslash = word ^ BACKSLASHES;
    return (((quote - EACH) & ~quote)
            | ((backslash - EACH) & ~backslash)
            | ((word - BLANKS) & ~word))
        & HIGH;
  }
}
