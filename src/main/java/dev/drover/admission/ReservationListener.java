package dev.drover.admission;

/** A place that an admission has where several Drovers count. Told once that it is over. */
public interface ReservationListener {
  /** A listener that does nothing, for a Drover that counts alone. */
  ReservationListener NONE =
      new ReservationListener() {
        @Override
        public void over(long tokensMore) {
          // nobody to tell
        }

        @Override
        public void cancelled() {
          // nobody to tell
        }
      };

  /**
   * The request is over and settled here.
   *
   * @param tokensMore than were taken; negative: fewer
   */
  void over(long tokensMore);

  /** The request was not made after all. */
  void cancelled();
}
