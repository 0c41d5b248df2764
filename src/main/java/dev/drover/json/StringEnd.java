package dev.drover.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where the inside of a JSON string ends. Which of 32 bytes are special, that is quotes,
 * backslashes or control characters, is told by arithmetic and not by branches: no predictor knows
 * where in a talk they stand.
 */
final class StringEnd {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int BLOCK = 4 * Long.BYTES;
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long LOW = ~HIGH;
  private static final long BACKSLASHES = EACH * '\\';

  /** Turned over in each byte, it puts the quote next to the control characters, below '!'. */
  private static final long QUOTE_BIT = EACH * 2;

  private static final long BELOW = EACH * (0x80 - '!');

  /** Times a word whose bytes are 0 or 1: their bits, in order, in the highest byte. */
  private static final long GATHER = 0x0102040810204080L;

  private static final int UNICODE = 6;

  /** The characters that may follow a backslash as a one-character escape, as a table by byte. */
  private static final boolean[] SINGLE = ascii("\"\\/bfnrt");

  private static final boolean[] HEX = ascii("0123456789abcdefABCDEF");

  private StringEnd() {}

  private static boolean[] ascii(String characters) {
    boolean[] table = new boolean[256];
    characters.chars().forEach(c -> table[c] = true);
    return table;
  }

  /**
   * The quote that ends the inside of a short string, as most names are: within eight bytes and
   * nothing special before it. Else, or with fewer than eight bytes left, -1.
   */
  static int ofShort(byte[] bytes, int from, int end) {
    if (from + Long.BYTES > end) {
      return -1;
    }
    long special = ~plain((long) LONGS.get(bytes, from)) & HIGH;
    int at = from + (Long.numberOfTrailingZeros(special) >> 3);
    return special != 0 && bytes[at] == '"' ? at : -1;
  }

  /**
   * The first byte from {@code from} on that does not belong to a string's inside: a quote, a
   * control character, the backslash of what is no escape; {@code end} when there is none. As its
   * complement ({@code ~}) when there were escapes before it.
   */
  static int find(byte[] bytes, int from, int end) {
    int at = from;
    boolean escaped = false;
    while (at < end) {
      int next = Math.min(at + BLOCK, end);
      int specials = at + BLOCK <= end ? block(bytes, at) : last(bytes, at, end);
      while (specials != 0) {
        int bit = Integer.numberOfTrailingZeros(specials);
        int special = at + bit;
        int behind = bytes[special] == '\\' ? escape(bytes, special, end) : -1;
        if (behind < 0) {
          return escaped ? ~special : special;
        }
        escaped = true;
        next = Math.max(next, behind);
        specials &= ~(3 << bit); // and what follows the backslash; hex digits are not special
      }
      at = next;
    }
    return escaped ? ~at : at;
  }

  /** Behind the escape that begins here, or -1 when it is none. */
  private static int escape(byte[] bytes, int at, int end) {
    int c = at + 1 < end ? bytes[at + 1] & 0xFF : 0;
    if (SINGLE[c]) {
      return at + 2;
    }
    boolean unicode =
        c == 'u'
            && at + UNICODE <= end
            && hex(bytes[at + 2])
            && hex(bytes[at + 3])
            && hex(bytes[at + 4])
            && hex(bytes[at + 5]);
    return unicode ? at + UNICODE : -1;
  }

  private static boolean hex(byte c) {
    return HEX[c & 0xFF];
  }

  /** A bit for each of 32 bytes, the lowest for the first: whether it is special. */
  private static int block(byte[] bytes, int at) {
    long a = plain((long) LONGS.get(bytes, at));
    long b = plain((long) LONGS.get(bytes, at + Long.BYTES));
    long c = plain((long) LONGS.get(bytes, at + 2 * Long.BYTES));
    long d = plain((long) LONGS.get(bytes, at + 3 * Long.BYTES));
    if ((a & b & c & d & HIGH) == HIGH) {
      return 0;
    }
    return gather(~a) | gather(~b) << 8 | gather(~c) << 16 | gather(~d) << 24;
  }

  /**
   * Returns the bits of {@code block} for the fewer than 32 bytes from {@code at} to {@code end}.
   * Reads the last 32 bytes before {@code end}, if there are so many, and shifts out those before
   * {@code at}.
   */
  private static int last(byte[] bytes, int at, int end) {
    if (end >= BLOCK) {
      return block(bytes, end - BLOCK) >>> (BLOCK - (end - at));
    }
    int found = 0;
    for (int i = at; i < end; i++) {
      found |= (gather(~plain(bytes[i])) & 1) << (i - at);
    }
    return found;
  }

  /**
   * The high bit of each byte of a word that is not special. The sums of seven bits each carry into
   * the eighth unless the byte is a backslash, or a quote or control character, and never into
   * another byte. Anderson, "Bit Twiddling Hacks", has the test for a zero byte.
   */
  private static long plain(long word) {
    long low = word & LOW;
    return (((low ^ BACKSLASHES) + LOW) & ((low ^ QUOTE_BIT) + BELOW)) | word;
  }

  /** The high bits of a word's bytes, the lowest for the first byte. */
  private static int gather(long word) {
    return (int) ((((word & HIGH) >>> 7) * GATHER) >>> 56);
  }
}
