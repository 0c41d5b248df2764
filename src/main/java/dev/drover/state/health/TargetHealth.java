package dev.drover.state.health;

import dev.drover.record.Outcome;
import dev.drover.types.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The health of one target, learned from its traffic. Thread-safe; outlives reloads. */
public final class TargetHealth {
  /** Stands for Drover's own probes among those who saw a failure; no caller is named so. */
  private static final String PROBE = "\0probe";

  private static final double BYTES_PER_TOKEN = 4.0;

  /** The initial error of the estimate of a prompt's tokens, as a share of the true count. */
  private static final double ESTIMATE_ERROR = 0.1;

  /** Hedging: lost races in a row after which a target counts as silent. */
  private static final int OUTRUNS = 10;

  private static final double MAX_WEIGHT = 1000;
  private static final long HALF_LIFE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final String target;
  private final Ticker ticker;
  private final Breaker breaker;
  private final DecayingMean bytesPerToken;
  private final DecayingMean estimateError;
  private final DecayingMean unseenTokens;
  private final ResponseTimes times;
  private final InFlight inFlight = new InFlight();
  private final Witnesses users = new Witnesses();
  private final Witnesses failing = new Witnesses();
  private final AtomicInteger outrunInRow = new AtomicInteger();
  private final AtomicLong coolUntilNanos;
  private final AtomicLong nextTrialNanos;
  private final Map<Outcome, LongAdder> outcomes = new ConcurrentHashMap<>();
  private volatile Latencies latencies;
  private volatile HealthSettings settings;
  private volatile long heardNanos;
  private volatile @Nullable Failure lastFailure;

  public TargetHealth(String target, HealthSettings settings, Ticker ticker) {
    this.target = target;
    this.ticker = ticker;
    this.settings = settings;
    this.heardNanos = ticker.nanos();
    this.breaker = new Breaker(settings.breaker());
    this.latencies = new Latencies(settings.latencySamples());
    this.coolUntilNanos = new AtomicLong(ticker.nanos());
    this.nextTrialNanos = new AtomicLong(ticker.nanos());
    this.bytesPerToken =
        DecayingMean.from(BYTES_PER_TOKEN, MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos());
    this.estimateError =
        DecayingMean.from(ESTIMATE_ERROR, MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos());
    this.unseenTokens = DecayingMean.unknown(MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos());
    this.times = new ResponseTimes(ticker.nanos());
  }

  /** A failure of the target, with its time on the ticker in nanoseconds. */
  public record Failure(Outcome outcome, long atNanos) {}

  /** Returns the last failure of the target, or null when it had none. */
  public @Nullable Failure lastFailure() {
    return lastFailure;
  }

  void configure(HealthSettings changed) {
    settings = changed;
    breaker.configure(changed.breaker());
    latencies = latencies.withSlots(changed.latencySamples());
  }

  /**
   * Returns whether a probe is due: probing is on, no attempt is in flight, and no result was seen
   * within the probe interval.
   */
  public boolean probeDue(long nowNanos) {
    HealthSettings.Probing probe = settings.probe();
    return probe.on() && inFlight.size() == 0 && nowNanos - heardNanos >= probe.everyNanos();
  }

  /** A probe is on its way: the next one is not due before its time. */
  public void probing(long nowNanos) {
    heardNanos = nowNanos;
  }

  /**
   * Takes the outcome of a probe. A failure counts like any other; a success lets a trial of real
   * traffic begin at once.
   */
  public void probed(Outcome outcome, long nowNanos) {
    heardNanos = nowNanos;
    if (outcome.failed()) {
      lastFailure = new Failure(outcome, nowNanos);
      failing.saw(PROBE, nowNanos);
    }
    if (outcome == Outcome.SUCCESS && breaker.kind(nowNanos) != Breaker.Kind.CLOSED) {
      breaker.tryNow(nowNanos);
    } else {
      breaker.report(outcome, breaker.generation(), nowNanos);
    }
  }

  /**
   * Claims the next trial of a target that rests: one every now and then, at times that other
   * Drovers do not share.
   */
  public boolean claimTrial(long nowNanos) {
    long next = nextTrialNanos.get();
    long every = settings.trialEveryNanos();
    return nowNanos - next >= 0
        && nextTrialNanos.compareAndSet(
            next, nowNanos + every / 2 + ThreadLocalRandom.current().nextLong(every + 1));
  }

  /** Returns the nanoseconds until a target that rests may be tried, or 0 when it may be now. */
  public long nanosToTrial(long nowNanos) {
    return Math.max(0, nextTrialNanos.get() - nowNanos);
  }

  /** Returns the settings by which the target's health is judged. */
  public HealthSettings settings() {
    return settings;
  }

  public String target() {
    return target;
  }

  public Breaker breaker() {
    return breaker;
  }

  public Latencies latencies() {
    return latencies;
  }

  /** Learned bytes of prompt, as written in JSON, per token. */
  public DecayingMean bytesPerToken() {
    return bytesPerToken;
  }

  /**
   * Learned mean of how far the estimate of a prompt's tokens is off, as a share of the true count.
   */
  public DecayingMean estimateError() {
    return estimateError;
  }

  /** Learned mean of the tokens of an answer that it reasons without showing them; 0 at first. */
  public DecayingMean unseenTokens() {
    return unseenTokens;
  }

  /** Returns the learned response times of the target. */
  public ResponseTimes times() {
    return times;
  }

  /** Attempts under way. */
  public int inFlight() {
    return inFlight.size();
  }

  /** Attempts that ended so, since start. */
  public long count(Outcome outcome) {
    return adder(outcome).sum();
  }

  /**
   * Returns the nanoseconds for which the target still rests after a 429, or 0 when it does not
   * rest.
   */
  public long coolingNanos(long nowNanos) {
    return Math.max(0, coolUntilNanos.get() - nowNanos);
  }

  /** The factor by which answers take longer now than was learned; at least 1. */
  public double slowdown(long nowNanos) {
    return inFlight.slowdown(nowNanos);
  }

  /**
   * Starts an attempt. The permit must be finished exactly once.
   *
   * @param expectedNanos how long the whole answer is expected to take; negative when unknown
   */
  public Permit begin(long expectedNanos) {
    return begin(expectedNanos, null);
  }

  /**
   * Starts an attempt. The permit must be finished exactly once.
   *
   * @param expectedNanos how long the whole answer is expected to take; negative when unknown
   * @param caller the identity of who asks; null when it is not known here
   */
  public Permit begin(long expectedNanos, @Nullable String caller) {
    long now = ticker.nanos();
    Permit permit = new Permit(this, breaker.generation(), now, expectedNanos, caller);
    if (caller != null) {
      users.saw(caller, now);
    }
    inFlight.add(permit);
    return permit;
  }

  /** Opens the breaker, if it is not open for longer: somebody else has found the target ill. */
  public void openFor(long nanos) {
    breaker.openFor(nanos, ticker.nanos());
  }

  /**
   * Lets the target rest.
   *
   * @param nanos as the provider asked for, or negative for the configured rest
   */
  public void cool(long nanos) {
    long until = ticker.nanos() + (nanos < 0 ? settings.coolDownNanos() : nanos);
    coolUntilNanos.accumulateAndGet(until, (a, b) -> a - b >= 0 ? a : b);
  }

  void finished(Permit permit, Outcome outcome, boolean excused, long latencyNanos) {
    inFlight.remove(permit);
    heardNanos = ticker.nanos();
    adder(outcome).increment();
    if (outcome.failed()) {
      lastFailure = new Failure(outcome, heardNanos);
    }
    if (outcome.counts() && latencyNanos >= 0) {
      latencies.add(latencyNanos);
    }
    boolean callersOwn = outcome.failed() && callersOwn(permit, heardNanos);
    breaker.report(
        excused || callersOwn ? Outcome.CANCELLED : held(outcome),
        permit.generation(),
        ticker.nanos());
  }

  /**
   * Returns whether a failure is held against its caller rather than the target: others use the
   * target and have no failure. What the target did not answer at all always counts, and so does a
   * trial.
   */
  private boolean callersOwn(Permit permit, long nowNanos) {
    String caller = permit.caller();
    if (caller == null) {
      return false;
    }
    long window = settings.breaker().windowNanos();
    boolean own =
        permit.isAnswered()
            && breaker.kind(nowNanos) == Breaker.Kind.CLOSED
            && users.others(caller, nowNanos, window)
            && !failing.others(caller, nowNanos, window);
    failing.saw(caller, nowNanos);
    return own;
  }

  /** Outrun again and again without one answer: as good as silent. */
  private Outcome held(Outcome outcome) {
    if (outcome != Outcome.OUTRUN) {
      outrunInRow.set(0);
      return outcome;
    }
    return outrunInRow.incrementAndGet() > OUTRUNS ? Outcome.TIMEOUT : outcome;
  }

  private LongAdder adder(Outcome outcome) {
    return outcomes.computeIfAbsent(outcome, _ -> new LongAdder());
  }
}
