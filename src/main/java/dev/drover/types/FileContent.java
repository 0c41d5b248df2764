package dev.drover.types;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads files that people and other programs write. A file that is too large, or no file at all,
 * such as a named pipe, is told rather than read.
 */
public final class FileContent {
  /** The largest config file, in bytes. */
  public static final int MOST_OF_CONFIG = 3 << 20;

  /** The largest price list, or config of another program, in bytes. */
  public static final int MOST_OF_LIST = 16 << 20;

  /** The largest credential file, in bytes. */
  public static final int MOST_OF_SECRET = 64 << 10;

  private FileContent() {}

  /**
   * Reads a whole file.
   *
   * @param most bytes
   * @throws IOException when there is none, it is no regular file, or it has more bytes; the
   *     message says which and what was expected, and begins with the file's path
   */
  public static byte[] read(Path file, int most) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": a directory (expected: a file)");
    }
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file + ": no such file (expected: a readable one)");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": a pipe or device (expected: a regular file)");
    }
    if (Files.size(file) > most) {
      throw tooLarge(file, Files.size(file) + " bytes", most);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) { // it has grown
        throw tooLarge(file, "more bytes", most);
      }
      return content;
    }
  }

  /** Reads a whole file of UTF-8 text, as {@link #read} does. */
  public static String text(Path file, int most) throws IOException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read(file, most))).toString();
  }

  private static IOException tooLarge(Path file, String bytes, int most) {
    return new IOException("%s: %s (expected: at most %d)".formatted(file, bytes, most));
  }
}
