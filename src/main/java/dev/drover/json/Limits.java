package dev.drover.json;

/**
 * The limits on the nesting and the numbers of a JSON document. A document beyond a limit is
 * rejected as malformed.
 *
 * @param maxDepth nested arrays and objects, 1 to 1000; guards the stack and the time
 * @param maxNumberBytes characters of one number; guards conversion time
 * @param infinities whether {@code NaN}, {@code Infinity} and {@code -Infinity} are numbers, as
 *     some servers write log probabilities
 */
public record Limits(int maxDepth, int maxNumberBytes, boolean infinities) {
  /** The limits for JSON as RFC 8259 has it. */
  public static final Limits DEFAULT = new Limits(200, 100, false);

  /** The limits for responses of providers. */
  public static final Limits RESPONSES = new Limits(200, 100, true);

  public Limits {
    if (maxDepth < 1 || maxDepth > 1000) {
      throw new IllegalArgumentException("maxDepth: " + maxDepth + " (expected: 1..1000)");
    }
  }
}
