package dev.drover.app;

import dev.drover.record.Content;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ShadowRecord;
import java.util.List;

/** Tells several listeners, one after the other. Immutable. */
record Listeners(List<ExchangeListener> all) implements ExchangeListener {
  @Override
  public void finished(ExchangeRecord record) {
    all.forEach(listener -> listener.finished(record));
  }

  @Override
  public void finished(ExchangeRecord record, Content content) {
    all.forEach(listener -> listener.finished(record, content));
  }

  @Override
  public void compared(ShadowRecord record) {
    all.forEach(listener -> listener.compared(record));
  }
}
