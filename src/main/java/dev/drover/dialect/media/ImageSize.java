package dev.drover.dialect.media;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The size of an image, from the header of a PNG, JPEG, GIF or WebP file.
 *
 * @param width pixels, at least 1
 * @param height pixels, at least 1
 */
record ImageSize(int width, int height) {
  /** No API takes larger ones; a header that says so is none. */
  private static final int MOST_PIXELS = 100_000;

  /** Returns the size that the first bytes of a file state; null when they state none. */
  static @Nullable ImageSize of(byte[] head) {
    if (at(head, 1, "PNG") && head.length >= 24) {
      return sound(number(head, 16, 4), number(head, 20, 4));
    }
    if (at(head, 0, "GIF8") && head.length >= 10) {
      return sound(little(head, 6, 2), little(head, 8, 2));
    }
    if (at(head, 0, "RIFF") && at(head, 8, "WEBP") && head.length >= 30) {
      return webp(head);
    }
    return head.length > 3 && byteAt(head, 0) == 0xFF && byteAt(head, 1) == 0xD8
        ? jpeg(head)
        : null;
  }

  private static @Nullable ImageSize webp(byte[] head) {
    if (at(head, 12, "VP8X")) {
      return sound(little(head, 24, 3) + 1, little(head, 27, 3) + 1);
    }
    if (at(head, 12, "VP8L")) {
      int bits = little(head, 21, 4);
      return sound((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
    }
    return at(head, 12, "VP8 ")
        ? sound(little(head, 26, 2) & 0x3FFF, little(head, 28, 2) & 0x3FFF)
        : null;
  }

  /** Walks the segments to the one that starts a frame. */
  private static @Nullable ImageSize jpeg(byte[] head) {
    int i = 2;
    while (i + 9 < head.length && byteAt(head, i) == 0xFF) {
      int marker = byteAt(head, i + 1);
      boolean frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame) {
        return sound(number(head, i + 7, 2), number(head, i + 5, 2));
      }
      i += marker == 0xFF ? 1 : 2 + number(head, i + 2, 2);
    }
    return null;
  }

  private static @Nullable ImageSize sound(int width, int height) {
    boolean sound = width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS;
    return sound ? new ImageSize(width, height) : null;
  }

  private static boolean at(byte[] head, int from, String word) {
    byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
    if (head.length < from + bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (head[from + i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static int byteAt(byte[] head, int i) {
    return head[i] & 0xFF;
  }

  private static int number(byte[] head, int from, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | byteAt(head, from + i);
    }
    return value;
  }

  private static int little(byte[] head, int from, int bytes) {
    int value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | byteAt(head, from + i);
    }
    return value;
  }
}
