package dev.drover.routing.strategy;

/**
 * Shares by weight, and always alike for the same key. Weighted rendezvous hashing: each candidate
 * scores {@code -weight / ln u}, u being a hash of key and target in (0, 1); the highest score
 * wins. Each is first in proportion to its weight; one that drops out or returns moves only the
 * keys it had. (Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005.)
 */
public final class Rendezvous {
  private static final double TWO_TO_53 = 0x1p53;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Rendezvous() {}

  /** The hash of a key, to be gone on with for each candidate. */
  static long begin(String key) {
    return add(add(FNV_OFFSET, key), "\n");
  }

  static double score(double weight, String target, long begun) {
    return -weight / Math.log(unit(add(begun, target)));
  }

  /**
   * A number in (0, 1) that is always the same for the same texts, and evenly spread over texts.
   */
  public static double unit(String one, String other) {
    return unit(add(begin(one), other));
  }

  private static double unit(long hash) {
    return ((mixed(hash) >>> 11) + 0.5) / TWO_TO_53;
  }

  /** FNV-1a over UTF-16. */
  private static long add(long hash, String text) {
    long h = hash;
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * FNV_PRIME;
    }
    return h;
  }

  /** The finaliser of MurmurHash3, so that near keys part. */
  private static long mixed(long hash) {
    long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
