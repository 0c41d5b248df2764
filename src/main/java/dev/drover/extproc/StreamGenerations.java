package dev.drover.extproc;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what is open, and tells when all that was open at one moment has ended. Thread-safe; one
 * thread turns and asks.
 */
final class StreamGenerations {
  private final AtomicInteger[] open = {new AtomicInteger(), new AtomicInteger()};
  private volatile int now;

  /** Something opens. What it gives must be told when that ends. */
  AtomicInteger opened() {
    AtomicInteger turn = open[now];
    turn.incrementAndGet();
    return turn;
  }

  int size() {
    return open[0].get() + open[1].get();
  }

  /** Begins a turn; only when what was open in the one before has ended. */
  void turn() {
    int other = 1 - now;
    now = other;
  }

  /** Returns whether everything that was open at the last turn has ended. */
  boolean ended() {
    return open[1 - now].get() == 0;
  }
}
