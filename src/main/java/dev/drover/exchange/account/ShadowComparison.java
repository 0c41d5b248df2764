package dev.drover.exchange.account;

import dev.drover.record.ExchangeListener;
import dev.drover.record.ShadowRecord;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings the two answers of a shadowed request together, in whatever order they end. Thread-safe:
 * each side is given once, and who comes second tells the listener.
 */
public final class ShadowComparison {
  private final RequestContext request;
  private final String model;
  private final ExchangeListener listener;
  private final AtomicReference<ShadowRecord.@Nullable Side> primary = new AtomicReference<>();
  private final AtomicReference<ShadowRecord.@Nullable Side> shadow = new AtomicReference<>();
  private final AtomicReference<@Nullable Boolean> told = new AtomicReference<>();

  ShadowComparison(RequestContext request, String model, ExchangeListener listener) {
    this.request = request;
    this.model = model;
    this.listener = listener;
  }

  void primary(ShadowRecord.Side side) {
    primary.set(side);
    tell();
  }

  public void shadow(ShadowRecord.Side side) {
    shadow.set(side);
    tell();
  }

  private void tell() {
    ShadowRecord.Side one = primary.get();
    ShadowRecord.Side other = shadow.get();
    if (one != null && other != null && told.compareAndSet(null, true)) {
      listener.compared(new ShadowRecord(request.id(), request.started(), model, one, other));
    }
  }
}
