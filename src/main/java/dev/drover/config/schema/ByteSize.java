package dev.drover.config.schema;

/**
 * A size in bytes, written like {@code 64MiB}, {@code 512KiB} or {@code 1000B}.
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) {
  /** The size as an int, for buffers. */
  public int toInt() {
    return Math.toIntExact(bytes);
  }
}
