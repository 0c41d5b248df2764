package dev.drover.exchange;

/** A provider's key that a client brings along. Not shown by {@code toString}. */
record ClientKey(String value) {
  @Override
  public String toString() {
    return "ClientKey[not shown]";
  }
}
