package dev.drover.testing;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Property tests: many random cases from one seed, which a failure names. */
public final class Cases {
  private static final int COUNT = Integer.getInteger("cases", 500);

  private Cases() {}

  /** Runs a property over random cases; {@code -Dseed=N} plays one again. */
  public static void each(Consumer<RandomGenerator> property) {
    Long fixed = Long.getLong("seed");
    long first = fixed == null ? System.nanoTime() : fixed;
    for (int i = 0; i < (fixed == null ? COUNT : 1); i++) {
      long seed = first + i;
      try {
        property.accept(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("case with -Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** A random text of letters, quotes, blanks, line ends and characters beyond ASCII. */
  public static String text(RandomGenerator random, int most) {
    String alphabet = "abc xyz\"\\\n\r\t{}[]:,0é漢😀";
    int[] points = alphabet.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }
}
