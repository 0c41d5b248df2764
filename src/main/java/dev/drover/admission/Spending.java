package dev.drover.admission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A source of past spending, as far as it is on record. */
@FunctionalInterface
public interface Spending {
  /** A source that has no records. */
  Spending UNKNOWN = (_, _, _) -> null;

  /**
   * Returns the amount that an owner was charged since a time, or null when it is unknown. May
   * block.
   *
   * @param money true to ask for nano-dollars, false to ask for tokens
   */
  @Nullable Long since(Owner owner, boolean money, Instant since);
}
