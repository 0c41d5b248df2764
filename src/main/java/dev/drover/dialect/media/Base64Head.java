package dev.drover.dialect.media;

import dev.drover.types.Bytes;
import java.util.Arrays;

/** Decodes the beginning of base64 data that stands in a JSON string. */
final class Base64Head {
  private Base64Head() {}

  /**
   * Returns the first decoded bytes: fewer than asked for where the data ends, or where a character
   * is no base64.
   *
   * @param encoded as written in JSON, in the usual alphabet or that for URLs
   * @param most bytes to decode
   */
  static byte[] decode(Bytes encoded, int most) {
    byte[] out = new byte[Math.min(most, encoded.length() / 4 * 3 + 3)];
    int length = 0;
    int bits = 0;
    int count = 0;
    for (int i = 0; i < encoded.length() && length < out.length; i++) {
      int value = value(encoded.at(i));
      if (value == ESCAPE) {
        continue;
      }
      if (value < 0) {
        break;
      }
      bits = (bits << 6 | value) & 0xFFFFFF;
      count += 6;
      if (count >= 8) {
        count -= 8;
        out[length++] = (byte) (bits >> count);
      }
    }
    return Arrays.copyOf(out, length);
  }

  private static final int ESCAPE = 64;

  private static int value(byte b) {
    if (b >= 'A' && b <= 'Z') {
      return b - 'A';
    }
    if (b >= 'a' && b <= 'z') {
      return b - 'a' + 26;
    }
    if (b >= '0' && b <= '9') {
      return b - '0' + 52;
    }
    return switch (b) {
      case '+', '-' -> 62;
      case '/', '_' -> 63;
      case '\\' -> ESCAPE; // JSON may write \/ for a slash
      default -> -1;
    };
  }
}
