package dev.drover.testing;

/** Sizes of tests that have a short and a long form. The profile {@code soak} runs the long one. */
public final class Soak {
  /** True when the long forms run. */
  public static final boolean LONG = Boolean.getBoolean("soak.long");

  private Soak() {}

  /** Returns the size for this run. */
  public static int of(int shortForm, int longForm) {
    return LONG ? longForm : shortForm;
  }
}
