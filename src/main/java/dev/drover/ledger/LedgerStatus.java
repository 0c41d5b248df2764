package dev.drover.ledger;

/**
 * Describes the state of the ledger. Counts are since this Drover started.
 *
 * @param recorded events in the store
 * @param waiting events in memory, not yet acknowledged by store or disk
 * @param spooled events written to disk because the store was down or not open yet
 * @param spoolBytes bytes on disk that wait for the store
 * @param lost events that neither store nor disk had room for
 * @param lagNanos the age of the oldest event that is not yet in the store, as far as memory knows;
 *     0 when none waits
 * @param problem the reason why the store takes nothing, or an empty string
 */
public record LedgerStatus(
    long recorded,
    long waiting,
    long spooled,
    long spoolBytes,
    long lost,
    long lagNanos,
    String problem) {
  /** There is no ledger. */
  public static final LedgerStatus NONE = new LedgerStatus(0, 0, 0, 0, 0, 0, "");
}
