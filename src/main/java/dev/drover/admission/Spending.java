package dev.drover.admission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was spent in the past, as far as it is on record. */
@FunctionalInterface
public interface Spending {
  /** Nothing is on record. */
  Spending UNKNOWN = (_, _, _) -> null;

  /**
   * What an owner was charged since a time; null when that cannot be told. May block.
   *
   * @param money whether nano-dollars are asked for; else tokens
   */
  @Nullable Long since(Owner owner, boolean money, Instant since);
}
