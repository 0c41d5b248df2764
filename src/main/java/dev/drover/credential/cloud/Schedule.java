package dev.drover.credential.cloud;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells when a credential is asked for again. */
final class Schedule {
  /** The part of a life after which a new credential is asked for. */
  private static final double PART = 0.8;

  /** The part by which requests of several Drovers are spread, so that they do not come at once. */
  private static final double SPREAD = 0.1;

  /** The pause after a credential without an end: its source may have changed. */
  static final Duration ENDLESS = Duration.ofMinutes(5);

  /** The shortest pause after an issuer gave the same credential again. */
  static final Duration SAME = Duration.ofSeconds(30);

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  private Schedule() {}

  /**
   * Returns the pause after a credential was issued: 80 % of its life, or less by up to a tenth of
   * that. Metadata servers give the same credential until shortly before its end; half the rest of
   * its life passes then.
   *
   * @param before the credential before this one, or null
   * @param chance from 0 to 1
   */
  static Duration afterSuccess(
      Issued<?> issued, @Nullable Issued<?> before, Instant now, double chance) {
    if (issued.expires() == null) {
      return ENDLESS;
    }
    Duration life = Duration.between(now, issued.expires());
    if (before != null && issued.expires().equals(before.expires())) {
      return longer(life.dividedBy(2), SAME);
    }
    double part = PART * (1 - SPREAD * chance);
    return longer(Duration.ofMillis((long) (life.toMillis() * part)), SHORTEST);
  }

  /**
   * Returns the pause after failures in a row: 1 s at first, twice as long after each, a minute at
   * most, half of it by chance.
   */
  static Duration afterFailures(int failures, double chance) {
    long seconds = 1L << Math.min(30, Math.max(0, failures - 1));
    Duration pause = Duration.ofSeconds(Math.min(seconds, LONGEST_BACKOFF.toSeconds()));
    return Duration.ofMillis((long) (pause.toMillis() * (0.5 + chance / 2)));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
