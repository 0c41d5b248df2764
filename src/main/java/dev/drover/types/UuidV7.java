package dev.drover.types;

import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds since 1970, then 74
 * random bits. They sort by time, so an index on them grows at its end. They are unique, not
 * secret.
 */
public final class UuidV7 {
  private static final long VERSION = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final long RANDOM_LOW = 0x3FFF_FFFF_FFFF_FFFFL;
  private static final int RANDOM_HIGH_BOUND = 1 << 12;

  private UuidV7() {}

  /** Returns a fresh one as 32 lower-case hexadecimal digits without hyphens. Thread-safe. */
  public static String hex(InstantSource wall) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (wall.millis() << 16) | VERSION | random.nextInt(RANDOM_HIGH_BOUND);
    long low = VARIANT | (random.nextLong() & RANDOM_LOW);
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
