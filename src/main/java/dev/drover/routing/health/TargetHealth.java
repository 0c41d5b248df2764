package dev.drover.routing.health;

import dev.drover.types.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What is known of one target from its traffic. Thread-safe; outlives reloads. */
public final class TargetHealth {
  private static final double BYTES_PER_TOKEN = 4.0;
  private static final double MAX_WEIGHT = 1000;
  private static final long HALF_LIFE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final String target;
  private final Ticker ticker;
  private final Breaker breaker;
  private final Latencies latencies = new Latencies();
  private final DecayingMean bytesPerToken;
  private final AnswerTimes times;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong coolUntilNanos;
  private final Map<Outcome, LongAdder> outcomes = new ConcurrentHashMap<>();
  private volatile BreakerSettings settings;

  TargetHealth(String target, BreakerSettings settings, Ticker ticker) {
    this.target = target;
    this.ticker = ticker;
    this.settings = settings;
    this.breaker = new Breaker(settings);
    this.coolUntilNanos = new AtomicLong(ticker.nanos());
    this.bytesPerToken =
        DecayingMean.from(BYTES_PER_TOKEN, MAX_WEIGHT, HALF_LIFE_NANOS, ticker.nanos());
    this.times = new AnswerTimes(ticker.nanos());
  }

  void configure(BreakerSettings changed) {
    settings = changed;
    breaker.configure(changed);
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

  /** How fast it answers. */
  public AnswerTimes times() {
    return times;
  }

  /** Attempts under way. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Attempts that ended so, since start. */
  public long count(Outcome outcome) {
    return adder(outcome).sum();
  }

  /** How long the target still rests after a 429; 0 when it does not. */
  public long coolingNanos(long nowNanos) {
    return Math.max(0, coolUntilNanos.get() - nowNanos);
  }

  /** Starts an attempt. The permit must be finished exactly once. */
  public Permit begin() {
    inFlight.incrementAndGet();
    return new Permit(this, breaker.generation());
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

  void finished(Outcome outcome, int generation, long latencyNanos) {
    inFlight.decrementAndGet();
    adder(outcome).increment();
    if (outcome.counts() && latencyNanos >= 0) {
      latencies.add(latencyNanos);
    }
    breaker.report(outcome, generation, ticker.nanos());
  }

  private LongAdder adder(Outcome outcome) {
    return outcomes.computeIfAbsent(outcome, _ -> new LongAdder());
  }
}
