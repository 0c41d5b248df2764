package dev.drover.credential.cloud;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A credential that was issued. Immutable.
 *
 * @param value the credential
 * @param expires the end of its life; null when it has none
 */
public record Issued<T>(T value, @Nullable Instant expires) {
  /** Returns whether its life is over. */
  boolean over(Instant now) {
    return expires != null && !now.isBefore(expires);
  }

  /** Returns nothing of the credential. */
  @Override
  public String toString() {
    return "Issued[until " + expires + "]";
  }
}
