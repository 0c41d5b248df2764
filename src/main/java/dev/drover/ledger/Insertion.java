package dev.drover.ledger;

import dev.drover.usage.v1.UsageEvent;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores events. What the database rejects for its own sake would stop all that comes after it, so
 * it is found by halving, and lost.
 *
 * @param recorded counts what is new in the store
 * @param lost counts what the database rejects
 */
record Insertion(AtomicLong recorded, AtomicLong lost) {
  private static final Logger log = LoggerFactory.getLogger(Insertion.class);

  /**
   * @throws SQLException when the store takes nothing
   */
  void insert(Store open, List<UsageEvent> events) throws SQLException {
    try {
      recorded.addAndGet(open.insert(events));
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      if (!state.startsWith("22") && !state.startsWith("23")) {
        throw e;
      }
      halve(open, events, e);
    }
  }

  private void halve(Store open, List<UsageEvent> events, SQLException e) throws SQLException {
    if (events.size() == 1) {
      log.error(
          "ledger: event {} rejected by the store: {}", events.getFirst().getId(), Reason.of(e));
      lost.incrementAndGet();
      return;
    }
    insert(open, events.subList(0, events.size() / 2));
    insert(open, events.subList(events.size() / 2, events.size()));
  }
}
