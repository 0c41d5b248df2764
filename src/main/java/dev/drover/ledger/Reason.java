package dev.drover.ledger;

import java.sql.BatchUpdateException;
import java.sql.SQLException;

/** Extracts the reason why a store rejected something, in the store's own words. */
final class Reason {
  private Reason() {}

  /**
   * The message; of a batch the database's alone, for the driver's repeats statement and values.
   */
  static String of(Exception e) {
    SQLException inner = e instanceof BatchUpdateException batch ? batch.getNextException() : null;
    return String.valueOf(inner == null ? e.getMessage() : inner.getMessage());
  }
}
