package dev.drover.tools.load;

import java.time.Duration;

/** The timing of the requests of a load run. */
public sealed interface Shape {
  /**
   * So many in all, so many at a time: the next is sent when one is answered.
   *
   * @param inFlight at least 1
   */
  record Closed(int requests, int inFlight) implements Shape {}

  /**
   * At a steady rate for a time, whatever becomes of them. Times count from when a request was due,
   * so that one that was held up by those before it counts with its wait (no coordinated omission).
   */
  record Open(double perSecond, Duration duration) implements Shape {}
}
