package dev.drover.config.bind;

/**
 * A mistake in a config file.
 *
 * @param path the path of the value, such as {@code targets.eu-fast.price.input}; empty for the
 *     file itself
 * @param value the value found, or what is wrong with it, as short text; {@code missing} when there
 *     is none
 * @param expected a description of the values that are accepted
 */
public record Problem(String path, String value, String expected) {
  @Override
  public String toString() {
    return (path.isEmpty() ? "" : path + ": ") + value + " (expected: " + expected + ")";
  }
}
