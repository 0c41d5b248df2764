package dev.drover.exchange.account;

/** A provider's key that a client brings along. Not shown by {@code toString}. */
public record ClientKey(String value) {
  @Override
  public String toString() {
    return "ClientKey[not shown]";
  }
}
