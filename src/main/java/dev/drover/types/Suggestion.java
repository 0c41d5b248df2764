package dev.drover.types;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds the name a person most likely meant: smallest Damerau-Levenshtein distance, at most a third
 * of the length.
 */
public final class Suggestion {
  private Suggestion() {}

  /** The closest of {@code known} to {@code typed}, when one is close enough to be worth naming. */
  public static Optional<String> closest(String typed, Collection<String> known) {
    int limit = Math.max(1, typed.length() / 3);
    return known.stream()
        .filter(name -> distance(typed, name) <= limit)
        .min(
            Comparator.comparingInt((String name) -> distance(typed, name))
                .thenComparing(name -> name));
  }

  /** The hint as it is appended to an expectation, or an empty string. */
  public static String hint(String typed, Collection<String> known) {
    return closest(typed, known).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
      }
    }
    return d[a.length()][b.length()];
  }

  private static int step(int[][] d, String a, String b, int i, int j) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
  }
}
