package dev.drover.routing;

import java.util.Locale;

/** The reason why a target was not a candidate. */
public enum Reason {
  SWITCHED_OFF(When.ILL),
  NO_CREDENTIAL(When.ILL),
  CREDENTIAL_NOT_READY(When.ILL),
  NOT_ALLOWED(When.NEVER),
  NOT_STORED(When.NEVER),
  LACKS_CAPABILITY(When.NEVER),
  NOT_TRANSLATABLE(When.NEVER),
  BELOW_QUALITY(When.NEVER),
  WINDOW_EXCEEDED(When.NEVER),
  OVER_COST_CAP(When.NEVER),
  NOT_ROLLED_OUT(When.ILL),
  BREAKER_OPEN(When.ILL),
  COOLING_DOWN(When.LATER),
  OVER_QUOTA(When.LATER);

  /** The prospect of the same request at the target later. */
  enum When {
    /** The request can never work at the target. */
    NEVER,
    /** The request may work after a known time. */
    LATER,
    /** The request may work once the target is healthy again. */
    ILL
  }

  private final When when;

  Reason(When when) {
    this.when = when;
  }

  When when() {
    return when;
  }

  /** Lower case, for messages and labels. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
