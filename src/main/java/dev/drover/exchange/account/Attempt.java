package dev.drover.exchange.account;

import dev.drover.admission.QuotaReservation;
import dev.drover.catalog.Target;
import dev.drover.credential.ApiKey;
import dev.drover.credential.Credential;
import dev.drover.credential.CredentialPool;
import dev.drover.credential.ProviderCredential;
import dev.drover.message.Headers;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.record.TraceContext;
import dev.drover.state.health.HealthSettings;
import dev.drover.state.health.Permit;
import dev.drover.state.health.TargetHealth;
import dev.drover.types.HttpDate;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A single attempt of an exchange at one target. Thread-safe: the upstream-level stream reports the
 * response headers, the router-level stream the end of the attempt. The first outcome stays.
 */
public final class Attempt {
  private static final long NONE = -1;

  /**
   * Receives the outcome of an attempt, at most once. Errors that are the fault of a key are not
   * reported. The latency is the time to the response headers in nanoseconds, negative without
   * headers; of an outrun attempt it is the time until another won.
   */
  @FunctionalInterface
  public interface Listener {
    void ended(Outcome outcome, long latencyNanos);
  }

  /**
   * Holds the progress of an attempt. Replaced as a whole, so that no reader sees an outcome
   * without its end.
   *
   * @param status the HTTP status of the response; 0 before its headers
   * @param latencyNanos time to the response's headers; negative before them
   * @param outcome the outcome of the attempt; null before its end
   * @param endNanos the end of the attempt, by the ticker; without meaning before that
   */
  private record Progress(int status, long latencyNanos, @Nullable Outcome outcome, long endNanos) {
    static final Progress BEGUN = new Progress(0, NONE, null, 0);

    boolean answered() {
      return latencyNanos >= 0;
    }
  }

  public static final Listener NOBODY = (_, _) -> {};

  private final Target target;
  private final @Nullable ProviderCredential key;
  private final @Nullable ApiKey clientKey;
  private final Listener listener;
  private final TargetHealth health;
  private final Permit permit;
  private final Ticker ticker;
  private final long startNanos;
  private final String spanId = TraceContext.freshSpan();
  private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.BEGUN);
  private volatile @Nullable QuotaReservation reservation;
  private volatile Usage usage = Usage.NONE;

  public Attempt(
      Target target, Permit permit, TargetHealth health, Ticker ticker, Listener listener) {
    this(target, null, "", permit, health, ticker, listener);
  }

  /**
   * @param clientKey what the client brings along, or null
   * @param place the place of the credential to use, where it has to be that one; else empty
   */
  public Attempt(
      Target target,
      @Nullable ApiKey clientKey,
      String place,
      Permit permit,
      TargetHealth health,
      Ticker ticker,
      Listener listener) {
    this.clientKey = target.provider().passthrough() ? clientKey : null;
    this.target = target;
    this.permit = permit;
    this.listener = listener;
    this.health = health;
    this.ticker = ticker;
    this.startNanos = ticker.nanos();
    this.key =
        this.clientKey != null ? null : target.provider().credentials().pick(place, startNanos);
  }

  public Target target() {
    return target;
  }

  /** Returns the credential it uses, with the key as it is by now; null when it has none. */
  public @Nullable Credential credential() {
    if (clientKey != null) {
      return clientKey;
    }
    return key == null ? null : key.current();
  }

  /** Returns the place of the credential that it uses; empty when it uses none of the config. */
  public String credentialPlace() {
    return key == null ? "" : key.toString();
  }

  /** The id of its span. */
  public String spanId() {
    return spanId;
  }

  public long startNanos() {
    return startNanos;
  }

  /** Takes the answer's headers, as {@link #answered(int, long)} does. */
  public void answered(int httpStatus, Headers headers, InstantSource wall) {
    answered(httpStatus, target.provider().api().backoffNanos(headers::text, wall));
    if (health.settings().outcome(httpStatus) == Outcome.CREDENTIAL_REJECTED) {
      target.provider().credentials().rejected(key, HttpDate.parse(headers.text("date")));
    }
  }

  /**
   * Takes the answer's headers. An error status settles the outcome; a good one leaves it to the
   * answer's end.
   *
   * @param restNanos how long the target asks to be left alone, or negative
   */
  void answered(int httpStatus, long restNanos) {
    long latency = ticker.nanos() - startNanos;
    Progress before =
        progress.getAndUpdate(
            now ->
                now.status() != 0
                    ? now
                    : new Progress(httpStatus, latency, now.outcome(), now.endNanos()));
    if (before.status() == 0) {
      permit.answered();
    }
    Outcome found = health.settings().outcome(httpStatus);
    if (found != Outcome.SUCCESS) {
      finish(found, clientsFault(found) || keySetAside(found, restNanos));
    }
  }

  /** A client's own key is rejected or throttled, or it forgot to send one. */
  private boolean clientsFault(Outcome found) {
    boolean ofTheKey = found == Outcome.THROTTLED || found == Outcome.CREDENTIAL_REJECTED;
    return ofTheKey && target.provider().passthrough() && key == null;
  }

  /**
   * Throttled or rejected: it may be the key that is at fault, if there is another. Else the target
   * is let rest after a 429.
   */
  private boolean keySetAside(Outcome found, long restNanos) {
    HealthSettings settings = health.settings();
    long coolDown = restNanos < 0 ? settings.coolDownNanos() : restNanos;
    long rest =
        switch (found) {
          case THROTTLED -> coolDown;
          case CREDENTIAL_REJECTED -> settings.keyRestNanos();
          default -> 0;
        };
    CredentialPool pool = target.provider().credentials();
    boolean aside = rest > 0 && pool.setAside(key, rest, ticker.nanos());
    if (found == Outcome.THROTTLED && !aside) {
      health.cool(coolDown);
    }
    return aside;
  }

  /**
   * Ends an attempt that Envoy gave up without headers: a timeout when it lasted that long, else a
   * reset.
   */
  void abandoned(long timeoutMillis) {
    finish(lasted(timeoutMillis) ? Outcome.TIMEOUT : Outcome.FAILURE);
  }

  /** Envoy has begun another attempt: unless this one was silent for so long, it has failed. */
  void joined(long hedgeMillis) {
    if (!lasted(hedgeMillis)) {
      finish(Outcome.FAILURE);
    }
  }

  /** Nearly, for Envoy's clock is not ours. */
  private boolean lasted(long millis) {
    return ticker.nanos() - startNanos >= millis * 1_000_000 * 95 / 100;
  }

  /** Keeps its place in the target's quota until it ends; null: there is none. */
  public void holds(@Nullable QuotaReservation place) {
    reservation = place;
  }

  /** The tokens that it had in truth; what was reserved went back when it ended. */
  public void used(long tokens) {
    QuotaReservation its = reservation;
    if (its != null) {
      its.quota().settle(tokens);
    }
  }

  /** Records the usage that the provider will bill, as far as it is known. */
  void billed(Usage its) {
    usage = its;
  }

  /**
   * Returns whether the attempt timed out or was cancelled before response headers came. The
   * provider has read the prompt by then.
   */
  boolean givenUp() {
    Progress now = progress.get();
    return !now.answered()
        && (now.outcome() == Outcome.TIMEOUT || now.outcome() == Outcome.CANCELLED);
  }

  /** Returns whether the response headers of this attempt have come. */
  public boolean answered() {
    return progress.get().answered();
  }

  /** Returns whether the response headers have come with a status below 300. */
  public boolean promised() {
    int status = progress.get().status();
    return status > 0 && status < 300;
  }

  /** Ends the attempt; only the first ending counts. */
  public void finish(Outcome end) {
    finish(end, false);
  }

  private void finish(Outcome end, boolean excused) {
    long now = ticker.nanos();
    Progress before = progress.get();
    while (before.outcome() == null) {
      Progress ended = new Progress(before.status(), before.latencyNanos(), end, now);
      if (progress.compareAndSet(before, ended)) {
        ended(ended, excused);
        return;
      }
      before = progress.get(); // its headers came meanwhile, or another ending
    }
  }

  private void ended(Progress how, boolean excused) {
    QuotaReservation its = reservation;
    if (its != null) {
      its.quota().done(-its.tokens());
    }
    Outcome end = Objects.requireNonNull(how.outcome());
    long lasted = how.endNanos() - startNanos;
    permit.finish(end, excused, how.answered() || !end.failed() ? how.latencyNanos() : lasted);
    if (!excused) {
      listener.ended(end, end == Outcome.OUTRUN ? lasted : how.latencyNanos());
    }
  }

  /** Returns whether another attempt of the exchange responded first. */
  boolean outrun() {
    return progress.get().outcome() == Outcome.OUTRUN;
  }

  /**
   * The record of a finished attempt.
   *
   * @param exchangeNanos when its exchange started
   */
  ExchangeRecord.AttemptRecord toRecord(long exchangeNanos) {
    Progress now = progress.get();
    Outcome end = now.outcome();
    return new ExchangeRecord.AttemptRecord(
        target.name(),
        end == null ? Outcome.CANCELLED : end,
        now.status(),
        now.latencyNanos(),
        usage,
        target.price().cost(usage),
        new ExchangeRecord.Course(
            spanId,
            target.provider().name(),
            target.provider().host(),
            target.model(),
            startNanos - exchangeNanos,
            (end == null ? ticker.nanos() : now.endNanos()) - startNanos));
  }
}
