package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.routing.health.Outcome;
import dev.drover.routing.health.Permit;
import dev.drover.routing.health.TargetHealth;
import dev.drover.types.Ticker;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One try of one target. Thread-safe: the upstream-level stream reports its headers, the
 * router-level stream its end; the first outcome stays.
 */
final class Attempt {
  private static final long NONE = -1;

  private final Target target;
  private final TargetHealth health;
  private final Permit permit;
  private final Ticker ticker;
  private final long startNanos;
  private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
  private volatile int status;
  private volatile long latencyNanos = NONE;

  Attempt(Target target, TargetHealth health, Ticker ticker) {
    this.target = target;
    this.health = health;
    this.ticker = ticker;
    this.startNanos = ticker.nanos();
    this.permit = health.begin();
  }

  Target target() {
    return target;
  }

  long startNanos() {
    return startNanos;
  }

  /**
   * Takes the answer's headers. An error status settles the outcome; a good one leaves it to the
   * answer's end.
   *
   * @param restNanos how long the target asks to be left alone, or negative
   */
  void answered(int httpStatus, long restNanos) {
    if (status == 0) {
      status = httpStatus;
      latencyNanos = ticker.nanos() - startNanos;
    }
    Outcome found = Outcome.ofStatus(httpStatus);
    if (found == Outcome.THROTTLED) {
      health.cool(restNanos);
    }
    if (found != Outcome.SUCCESS) {
      finish(found);
    }
  }

  /**
   * Ends an attempt that Envoy gave up without headers: a timeout when it lasted that long, else a
   * reset.
   */
  void abandoned(long timeoutMillis) {
    boolean late = ticker.nanos() - startNanos >= timeoutMillis * 1_000_000 * 95 / 100;
    finish(late ? Outcome.TIMEOUT : Outcome.FAILURE);
  }

  /** Ends the attempt; only the first ending counts. */
  void finish(Outcome end) {
    if (outcome.compareAndSet(null, end)) {
      boolean answered = latencyNanos >= 0;
      permit.finish(end, answered || !end.failed() ? latencyNanos : ticker.nanos() - startNanos);
    }
  }

  /** The record of a finished attempt. */
  ExchangeRecord.AttemptRecord toRecord() {
    Outcome end = outcome.get();
    return new ExchangeRecord.AttemptRecord(
        target.name(), end == null ? Outcome.CANCELLED : end, status, latencyNanos);
  }
}
