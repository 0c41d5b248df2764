package dev.drover.types;

/**
 * Lets through what others can cause as often as they like, such as a line in the log: a burst at
 * first, then so many a minute. Thread-safe.
 */
public final class Seldom {
  private static final double NANOS_PER_MINUTE = 60e9;

  private final Ticker ticker;
  private final int burst;
  private final double perNano;
  private double room;
  private long atNanos;
  private long leftOut;

  /**
   * @param burst at once
   * @param perMinute afterwards
   */
  public Seldom(Ticker ticker, int burst, int perMinute) {
    this.ticker = ticker;
    this.burst = burst;
    this.perNano = perMinute / NANOS_PER_MINUTE;
    this.room = burst;
    this.atNanos = ticker.nanos();
  }

  /**
   * Asks for one.
   *
   * @return how many were left out since the last one; negative when this one is left out too
   */
  public synchronized long take() {
    long now = ticker.nanos();
    room = Math.min(burst, room + (now - atNanos) * perNano);
    atNanos = now;
    if (room < 1) {
      leftOut++;
      return -1;
    }
    room--;
    long before = leftOut;
    leftOut = 0;
    return before;
  }

  /** Returns a remark on those that were left out; empty when there were none. */
  public static String remark(long leftOut) {
    return leftOut == 0 ? "" : " (" + leftOut + " more like it were left out before)";
  }
}
