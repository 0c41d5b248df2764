package dev.drover.dialect.media;

import dev.drover.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The kinds of content that are no text, with an estimate of the tokens that APIs bill for each.
 * The estimates are of one API and within a factor of 3 of the others: the target is not known when
 * a request is read.
 */
public enum Media {
  IMAGE,
  AUDIO,
  VIDEO,
  /** A document, such as a PDF. */
  FILE;

  /** The bytes that hold a size: camera data before it takes up to two segments of a JPEG. */
  private static final int HEAD = 1 << 17;

  /**
   * The costs of a tile and of a whole image, and the sides in pixels that it is scaled to, as
   * OpenAI states them for GPT-4o ("Images and vision", "Calculating costs", 29 November 2026).
   */
  private static final int TILE_TOKENS = 170;

  private static final int IMAGE_TOKENS = 85;
  private static final int TILE = 512;
  private static final int LONG_SIDE = 2048;
  private static final int SHORT_SIDE = 768;

  /** The tiles of an image whose size cannot be read: those of a tall photo. */
  private static final int USUAL_TILES = 6;

  /**
   * Tokens of a second of sound. Google states 32 for Gemini ("Audio understanding", 29 November
   * 2026); OpenAI's models were seen to bill 10 to 25.
   */
  private static final int TOKENS_PER_SECOND = 20;

  /** Tokens of a second of video, at one frame a second. Google states 263 and 32 of sound. */
  private static final int VIDEO_TOKENS_PER_SECOND = 295;

  /** Bytes of a second of compressed speech, at 64 kbit/s. */
  private static final int SOUND_BYTES_PER_SECOND = 8_000;

  /** Bytes of a second of compressed video, at 1 Mbit/s. */
  private static final int VIDEO_BYTES_PER_SECOND = 125_000;

  /** Tokens of a page. Anthropic states 1,500 to 3,000 ("PDF support", 29 November 2026). */
  private static final long PAGE_TOKENS = 1_500;

  /** Bytes of a page where the pages cannot be counted. */
  private static final int PAGE_BYTES = 200_000;

  /** The pages that APIs take at most. */
  private static final int MOST_PAGES = 100;

  private static final long LONGEST_SECONDS = 3 * 3600L;

  /** Returns the kind that a MIME type such as {@code image/png} says. */
  public static Media ofType(String mimeType) {
    String type = mimeType.toLowerCase(Locale.ROOT);
    if (type.startsWith("image/")) {
      return IMAGE;
    }
    if (type.startsWith("audio/")) {
      return AUDIO;
    }
    return type.startsWith("video/") ? VIDEO : FILE;
  }

  /**
   * Returns the tokens of data in a request.
   *
   * @param base64 the data, as written in JSON
   */
  public long tokens(Bytes base64) {
    long bytes = base64.length() / 4L * 3;
    return switch (this) {
      case IMAGE -> imageTokens(Base64Head.decode(base64, HEAD));
      case AUDIO -> seconds(base64, bytes) * TOKENS_PER_SECOND;
      case VIDEO -> clamp(bytes / VIDEO_BYTES_PER_SECOND) * VIDEO_TOKENS_PER_SECOND;
      case FILE -> pages(base64, bytes) * PAGE_TOKENS;
    };
  }

  /** Returns the tokens of content that is named by an address or an id only. */
  public long usualTokens() {
    return switch (this) {
      case IMAGE -> tiled(USUAL_TILES);
      case AUDIO -> 60L * TOKENS_PER_SECOND;
      case VIDEO -> 60L * VIDEO_TOKENS_PER_SECOND;
      case FILE -> 3 * PAGE_TOKENS;
    };
  }

  /** Returns the tokens of an image whose {@code detail} is low. */
  public static long lowDetailTokens() {
    return IMAGE_TOKENS;
  }

  private static long imageTokens(byte[] head) {
    ImageSize size = ImageSize.of(head);
    return size == null ? tiled(USUAL_TILES) : tiled(tiles(size));
  }

  private static long tiled(long tiles) {
    return IMAGE_TOKENS + tiles * TILE_TOKENS;
  }

  /** Scaled down into a square, then to its shorter side; then cut into tiles. */
  private static long tiles(ImageSize size) {
    double width = size.width();
    double height = size.height();
    double fit = Math.min(1, LONG_SIDE / Math.max(width, height));
    width *= fit;
    height *= fit;
    double shorter = Math.min(1, SHORT_SIDE / Math.min(width, height));
    return (long) (Math.ceil(width * shorter / TILE) * Math.ceil(height * shorter / TILE));
  }

  private static long pages(Bytes base64, long bytes) {
    long stated = PdfPages.of(base64);
    return Math.clamp(stated > 0 ? stated : bytes / PAGE_BYTES, 1, MOST_PAGES);
  }

  private static long seconds(Bytes base64, long bytes) {
    byte[] head = Base64Head.decode(base64, 44);
    boolean wav =
        head.length == 44
            && new String(head, 0, 4, StandardCharsets.US_ASCII).equals("RIFF")
            && new String(head, 8, 4, StandardCharsets.US_ASCII).equals("WAVE");
    long perSecond =
        wav
            ? (head[28] & 0xFFL)
                | (head[29] & 0xFFL) << 8
                | (head[30] & 0xFFL) << 16
                | (head[31] & 0xFFL) << 24
            : SOUND_BYTES_PER_SECOND;
    return clamp(bytes / Math.max(1, perSecond));
  }

  private static long clamp(long seconds) {
    return Math.clamp(seconds, 1, LONGEST_SECONDS);
  }
}
