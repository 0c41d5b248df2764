package dev.drover.record;

import java.util.Locale;

/** The way in which an exchange ended. */
public enum Ending {
  /** The client got a whole answer of a target, with a status of 2xx. */
  COMPLETE,
  /** The client got an error, of the last target tried or of Envoy. */
  FAILED,
  /** Drover refused the request, or Envoy before Drover had read it. */
  REFUSED,
  /** The answer began and was cut, by the provider or by the client: Envoy does not tell which. */
  CUT,
  /** The exchange ended before any response. */
  CANCELLED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Lower case, for labels. */
  public String label() {
    return label;
  }
}
