package dev.drover.state.rollout;

import java.util.Locale;

/**
 * The progress of a rollout. Immutable; it is stored and so survives a restart.
 *
 * @param stage index of the present stage
 * @param sinceMillis the time when that stage began, in milliseconds since 1970
 * @param requests attempts at the new target in this stage
 * @param errors the attempts in this stage that failed
 * @param slow the attempts in this stage that were slower than the gate's P99
 * @param timeouts the timeouts among the last 100 attempts, one bit for each attempt
 * @param reason the reason for the present status or stage, in words
 */
public record RolloutState(
    Status status,
    int stage,
    long sinceMillis,
    long requests,
    long errors,
    long slow,
    Recent timeouts,
    String reason) {
  /** The status of a rollout. */
  public enum Status {
    /** A stage is under way. */
    RUNNING,
    /** The stage passed its gates and waits for a person. */
    WAITING,
    /** A person holds it at its stage; gates still guard it. */
    PAUSED,
    /** Everything goes to the new target. */
    DONE,
    /** The rollout was undone, and no request goes to the new target. */
    ROLLED_BACK;

    /** Lower case, for pages and labels. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The last 100 of something, a bit each. */
  record Recent(long high, long low) {
    static final Recent NONE = new Recent(0, 0);
    private static final long HIGH_MASK = (1L << 36) - 1;

    Recent plus(boolean bit) {
      return new Recent(((high << 1) | (low >>> 63)) & HIGH_MASK, (low << 1) | (bit ? 1 : 0));
    }

    int count() {
      return Long.bitCount(high) + Long.bitCount(low);
    }
  }

  /** Timeouts of the last 100 attempts. */
  public int recentTimeouts() {
    return timeouts.count();
  }

  static RolloutState at(Status status, int stage, long nowMillis, String reason) {
    return new RolloutState(status, stage, nowMillis, 0, 0, 0, Recent.NONE, reason);
  }

  RolloutState with(Status other, String why) {
    return new RolloutState(other, stage, sinceMillis, requests, errors, slow, timeouts, why);
  }

  RolloutState plus(boolean error, boolean late, boolean timeout) {
    return new RolloutState(
        status,
        stage,
        sinceMillis,
        requests + 1,
        errors + (error ? 1 : 0),
        slow + (late ? 1 : 0),
        timeouts.plus(timeout),
        reason);
  }
}
