package dev.drover.tools.standin;

/**
 * One conformance scenario of how Envoy acts as an ext_proc client.
 *
 * @param number of the scenario in the project's list of 154
 */
record Row(int number, String title, Body body) {
  /** Plays the scenario and checks what is seen. */
  interface Body {
    void run(Lab lab) throws Exception;
  }

  static Row row(int number, String title, Body body) {
    return new Row(number, title, body);
  }

  @Override
  public String toString() {
    return number + " " + title;
  }
}
