package dev.drover.admission;

/**
 * A place that was taken in a target's quota before its attempt begins. Carries the quota itself: a
 * reload meanwhile may have given the target another one, or none.
 *
 * @param tokens that were taken with it
 */
public record QuotaReservation(Quota quota, long tokens) {
  /** Gives the place back unused. */
  public void release() {
    quota.untake(tokens);
  }
}
