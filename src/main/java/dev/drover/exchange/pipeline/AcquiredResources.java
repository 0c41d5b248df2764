package dev.drover.exchange.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds what a request has taken until somebody else answers for it. Closing gives all of it back,
 * in reverse order, whatever went wrong. Not thread-safe.
 */
public final class AcquiredResources implements AutoCloseable {
  private final Deque<Runnable> releases = new ArrayDeque<>(4);

  /** Adds how something that was just taken is given back. */
  public void add(Runnable release) {
    releases.push(release);
  }

  /** Keeps everything: from now on somebody else gives it back. */
  public void keep() {
    releases.clear();
  }

  /**
   * Gives back what is still held. One release that fails does not keep the others from running.
   */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!releases.isEmpty()) {
      try {
        releases.pop().run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
