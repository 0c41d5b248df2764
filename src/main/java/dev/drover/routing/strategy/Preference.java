package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Turns scores into shares: candidates within {@value #ALIKE} of the best one share alike, and
 * beyond that the share falls with the power of {@value #SHARPNESS}: a fifth worse gets one request
 * in 260. A hard minimum would send everything to whichever of two equals was luckier last and
 * starve the other of the traffic that could show it has recovered.
 *
 * <p>A candidate not heard of lately gets {@value #TRIAL_SHARE} of the seen ones' weight until it
 * is: never none, never all.
 */
final class Preference {
  private static final double ALIKE = 1.1;
  private static final double SHARPNESS = 64;
  private static final double TRIAL_SHARE = 0.05;

  private Preference() {}

  /**
   * Ranks for one request.
   *
   * @param score of a seen candidate, over 0; smaller is better
   */
  static List<Candidate> rank(
      List<Candidate> candidates, String key, ToDoubleFunction<Candidate> score) {
    List<Candidate> seen = candidates.stream().filter(Candidate::seen).toList();
    double best = seen.stream().mapToDouble(score).min().orElse(1);
    double sum = seen.stream().mapToDouble(c -> weight(best, score.applyAsDouble(c))).sum();
    double trial = seen.isEmpty() ? 1 : TRIAL_SHARE * sum;
    Candidate first =
        Rendezvous.rank(
                candidates, key, c -> c.seen() ? weight(best, score.applyAsDouble(c)) : trial)
            .getFirst();
    return candidates.stream()
        .sorted(
            Comparator.comparing((Candidate c) -> !c.equals(first))
                .thenComparing(c -> !c.seen())
                .thenComparingDouble(score))
        .toList();
  }

  private static double weight(double best, double score) {
    return Math.min(1, Math.pow(ALIKE * best / score, SHARPNESS));
  }
}
