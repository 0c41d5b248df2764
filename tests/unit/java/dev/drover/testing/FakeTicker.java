package dev.drover.testing;

import dev.drover.types.Ticker;
import java.time.Duration;

/** A clock that only moves when told. */
public final class FakeTicker implements Ticker {
  private long nanos = 1_000_000_000_000L;

  @Override
  public long nanos() {
    return nanos;
  }

  public void advance(Duration by) {
    nanos += by.toNanos();
  }
}
