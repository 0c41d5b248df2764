package dev.drover.config.bind;

/**
 * One mistake in a config file.
 *
 * @param path where it stands, such as {@code targets.eu-fast.price.input}; empty for the file
 *     itself
 * @param value what stands there, as short text; {@code missing} when nothing does
 * @param expected what should
 */
public record Problem(String path, String value, String expected) {
  @Override
  public String toString() {
    return (path.isEmpty() ? "" : path + ": ") + value + " (expected: " + expected + ")";
  }
}
