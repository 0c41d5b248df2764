package dev.drover.credential.cloud;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a credential that is renewed before it ends, on a virtual thread of its own. The one before
 * serves until its end, whatever becomes of the renewal. Thread-safe; reading never blocks.
 */
public final class Renewed<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Renewed.class);

  private static final Duration MOST_SKEW = Duration.ofMinutes(5);

  private final String name;
  private final Issuer<T> issuer;
  private final InstantSource wall;
  private final Consumer<Boolean> renewals;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile @Nullable Issued<T> issued;
  private volatile @Nullable Instant asked;
  private volatile @Nullable Instant failingSince;
  private volatile boolean closed;

  /**
   * Starts to ask for the credential.
   *
   * @param name its description in the log
   * @param renewals is told of each renewal whether it came about
   */
  public Renewed(String name, Issuer<T> issuer, InstantSource wall, Consumer<Boolean> renewals) {
    this.name = name;
    this.issuer = issuer;
    this.wall = wall;
    this.renewals = renewals;
    this.thread = Thread.ofVirtual().name("drover-credential").start(this::run);
  }

  /** Returns the credential, or null before the first is issued and after the last has ended. */
  public @Nullable T value() {
    Issued<T> now = issued;
    return now == null || now.over(wall.instant()) ? null : now.value();
  }

  /**
   * Returns the seconds until the credential ends: 0 when there is none, positive infinity when it
   * has no end.
   */
  public double secondsLeft() {
    Issued<T> now = issued;
    if (now == null) {
      return 0;
    }
    return now.expires() == null
        ? Double.POSITIVE_INFINITY
        : Math.max(0, Duration.between(wall.instant(), now.expires()).toMillis() / 1e3);
  }

  /** Returns the seconds for which renewal has failed; 0 when the last one came about. */
  public double failingSeconds() {
    Instant since = failingSince;
    return since == null ? 0 : Duration.between(since, wall.instant()).toMillis() / 1e3;
  }

  /**
   * Asks for another credential before its time, at most every 30 s: this one was rejected. AWS
   * rejects signatures that are more than 5 minutes old or early.
   *
   * @param theirs the time of day by who rejected it, or null when it is unknown
   */
  public void rejected(@Nullable Instant theirs) {
    Instant now = wall.instant();
    Instant last = asked;
    if (last != null && now.isBefore(last.plus(Schedule.SAME))) {
      return;
    }
    if (theirs != null && Duration.between(theirs, now).abs().compareTo(MOST_SKEW) > 0) {
      log.warn(
          "credential: {}: rejected, clock_skew: this machine's clock is {} s from the provider's (expected: at most {} s)",
          name,
          Duration.between(theirs, now).toSeconds(),
          MOST_SKEW.toSeconds());
    }
    wake.release();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    int failures = 0;
    try (issuer) {
      while (!closed) {
        Duration next = renew(failures);
        failures = next == null ? failures + 1 : 0;
        failingSince = next != null ? null : failingSince == null ? asked : failingSince;
        renewals.accept(next != null);
        Duration pause = next == null ? Schedule.afterFailures(failures, chance()) : next;
        boolean woken = wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
        if (woken) {
          wake.drainPermits();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the time to the next renewal, or null when this one failed. */
  private @Nullable Duration renew(int failures) throws InterruptedException {
    asked = wall.instant();
    try {
      Issued<T> fresh = issuer.issue();
      Instant now = wall.instant();
      if (fresh.over(now)) {
        failed(failures, "it has ended already; is this machine's clock right?");
        return null;
      }
      if (failures > 0) {
        log.info("credential: {}: renewed", name);
      }
      Issued<T> before = issued;
      issued = fresh;
      return Schedule.afterSuccess(fresh, before, now, chance());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError e) { // a library that lacks a part of itself
      if (closed || Thread.interrupted()) {
        throw new InterruptedException();
      }
      failed(failures, Causes.of(e));
      return null;
    }
  }

  /** Says the first of several failures, and each tenth after it. */
  private void failed(int failures, String why) {
    if (failures % 10 == 0) {
      log.warn(
          "credential: {}: not renewed: {} (expected: a credential; {})",
          name,
          why,
          value() == null ? "there is none now" : "the one before serves until it ends");
    }
  }

  private static double chance() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /** Returns its description; never the credential. */
  @Override
  public String toString() {
    return name;
  }
}
