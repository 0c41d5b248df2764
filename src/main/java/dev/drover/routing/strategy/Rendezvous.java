package dev.drover.routing.strategy;

import dev.drover.routing.Candidate;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Ranks by weight, and always alike for the same key. Weighted rendezvous hashing: each candidate
 * scores {@code -weight / ln u}, u being a hash of key and target in (0, 1); the highest score
 * wins. Each is first in proportion to its weight; one that drops out or returns moves only the
 * keys it had. (Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005.)
 */
public final class Rendezvous {
  private static final double TWO_TO_53 = 0x1p53;

  private Rendezvous() {}

  static List<Candidate> rank(
      List<Candidate> candidates, String key, ToDoubleFunction<Candidate> weight) {
    return candidates.stream()
        .sorted(
            Comparator.comparingDouble((Candidate c) -> score(weight.applyAsDouble(c), c, key))
                .reversed())
        .toList();
  }

  private static double score(double weight, Candidate candidate, String key) {
    return -weight / Math.log(unit(key + '\n' + candidate.target().name()));
  }

  /** A number in (0, 1) that is always the same for the same text, and evenly spread over texts. */
  public static double unit(String text) {
    return ((hash(text) >>> 11) + 0.5) / TWO_TO_53;
  }

  /** FNV-1a over UTF-8, then the finaliser of MurmurHash3 so that near keys part. */
  private static long hash(String text) {
    long h = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      h = (h ^ (b & 0xFF)) * 0x100000001b3L;
    }
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
