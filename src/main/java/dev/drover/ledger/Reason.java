package dev.drover.ledger;

import java.sql.BatchUpdateException;
import java.sql.SQLException;

/** Why a store did not take something, in its own words. */
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
