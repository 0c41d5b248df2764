package dev.drover.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void of_batch_isTheDatabasesWordWithoutTheStatement() {
    BatchUpdateException batch =
        new BatchUpdateException("Batch entry 0 INSERT INTO usage_event VALUES ('search')", null);
    batch.setNextException(new SQLException("FATAL: terminating connection"));
    assertThat(Reason.of(batch)).isEqualTo("FATAL: terminating connection");
  }

  @Test
  void of_others_isTheirMessage() {
    assertThat(Reason.of(new SQLException("refused"))).isEqualTo("refused");
    assertThat(Reason.of(new IllegalStateException())).isEqualTo("null");
  }
}
