package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import dev.drover.routing.Candidates;

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
  private static final int SHARPNESS = 64;
  private static final double TRIAL_SHARE = 0.05;

  private Preference() {}

  /**
   * Ranks for one request by the scores of the seen candidates, which are over 0; smaller is
   * better.
   */
  static void rank(Candidates candidates, String key) {
    int size = candidates.size();
    double best = Double.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      Candidate c = candidates.get(i);
      best = c.seen() ? Math.min(best, c.score()) : best;
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      Candidate c = candidates.get(i);
      sum += c.seen() ? weight(best, c.score()) : 0;
    }
    Candidate first = first(candidates, key, best, sum == 0 ? 1 : TRIAL_SHARE * sum);
    for (int i = 0; i < size; i++) {
      Candidate c = candidates.get(i);
      c.score(c == first ? -1 : c.seen() ? c.score() : Double.MAX_VALUE);
    }
    candidates.sortByScore();
  }

  private static Candidate first(Candidates candidates, String key, double best, double trial) {
    long hash = Rendezvous.begin(key);
    Candidate first = candidates.get(0);
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      Candidate c = candidates.get(i);
      double weight = c.seen() ? weight(best, c.score()) : trial;
      double score = Rendezvous.score(weight, c.target().name(), hash);
      if (score > most) {
        most = score;
        first = c;
      }
    }
    return first;
  }

  private static double weight(double best, double score) {
    double power = Math.min(1, ALIKE * best / score);
    for (int squared = 1; squared < SHARPNESS; squared *= 2) {
      power *= power;
    }
    return power;
  }
}
