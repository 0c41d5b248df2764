package dev.drover.admission;

import dev.drover.config.schema.LimitsConfig;
import dev.drover.types.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The limits on what one key, workload, team, project, model or target may take. Thread-safe.
 * Outlives reloads, which change the limits and not what is used of them.
 */
public final class Quota {
  private static final int NO_LIMIT = Integer.MAX_VALUE;
  private static final String IN_FLIGHT = "requests in flight";
  private static final String REQUESTS = "requests a minute";
  private static final String TOKENS = "tokens a minute";

  private final String name;
  private final Ticker ticker;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder takenRequests = new LongAdder();
  private final LongAdder takenTokens = new LongAdder();
  private volatile @Nullable Gcra requests;
  private volatile @Nullable Gcra tokens;
  private volatile int mostInFlight = NO_LIMIT;

  /**
   * @param name what it belongs to, for messages, such as {@code key search-prod}
   */
  public Quota(String name, Ticker ticker) {
    this.name = name;
    this.ticker = ticker;
  }

  /** Takes bounds up; null: none. */
  public void configure(@Nullable LimitsConfig c) {
    Integer perMinute = c == null ? null : c.requestsPerMinute();
    Integer burst = c == null || c.burst() == null ? perMinute : c.burst();
    requests = configured(requests, perMinute, burst);
    Integer tokensPerMinute = c == null ? null : c.tokensPerMinute();
    tokens = configured(tokens, tokensPerMinute, tokensPerMinute);
    mostInFlight = c == null || c.inFlight() == null ? NO_LIMIT : c.inFlight();
  }

  private @Nullable Gcra configured(
      @Nullable Gcra known, @Nullable Integer perMinute, @Nullable Integer burst) {
    if (perMinute == null || burst == null) {
      return null;
    }
    if (known == null) {
      return new Gcra(perMinute, burst, ticker.nanos());
    }
    known.configure(perMinute, burst, ticker.nanos());
    return known;
  }

  /**
   * Takes a request with so many tokens, if there is room for it.
   *
   * @return null when it was taken, else why not
   */
  public @Nullable Full take(long tokenCount) {
    long now = ticker.nanos();
    Gcra byRequests = requests;
    Gcra byTokens = tokens;
    if (inFlight.incrementAndGet() > mostInFlight) {
      inFlight.decrementAndGet();
      return fullInFlight();
    }
    long wait = byRequests == null ? 0 : byRequests.take(1, now);
    if (byRequests != null && wait > 0) {
      inFlight.decrementAndGet();
      return fullRequests(wait);
    }
    wait = byTokens == null ? 0 : byTokens.take(tokenCount, now);
    if (byTokens != null && wait > 0) {
      inFlight.decrementAndGet();
      if (byRequests != null) {
        byRequests.settle(-1, now);
      }
      return fullTokens(wait);
    }
    takenRequests.increment();
    takenTokens.add(tokenCount);
    return null;
  }

  /** Returns why {@link #take} would refuse such a request now, or null. Takes nothing. */
  public @Nullable Full preview(long tokenCount) {
    long now = ticker.nanos();
    Gcra byRequests = requests;
    Gcra byTokens = tokens;
    if (inFlight.get() + 1 > mostInFlight) {
      return fullInFlight();
    }
    long wait = byRequests == null ? 0 : byRequests.wait(1, now);
    if (byRequests != null && wait > 0) {
      return fullRequests(wait);
    }
    wait = byTokens == null ? 0 : byTokens.wait(tokenCount, now);
    return byTokens != null && wait > 0 ? fullTokens(wait) : null;
  }

  /** A request has been let in by all Drovers together: here it only counts as under way. */
  void enter() {
    inFlight.incrementAndGet();
  }

  /** Gives back a request that was taken and then not made. */
  void untake(long tokenCount) {
    inFlight.decrementAndGet();
    takenRequests.decrement();
    Gcra byRequests = requests;
    if (byRequests != null) {
      byRequests.settle(-1, ticker.nanos());
    }
    settle(-tokenCount);
  }

  /**
   * Takes up what all Drovers together have taken, as it was a moment ago.
   *
   * @param requestsNanos until all requests are there again
   * @param tokensNanos until all tokens are
   */
  public void seen(long requestsNanos, long tokensNanos) {
    long now = ticker.nanos();
    Gcra byRequests = requests;
    Gcra byTokens = tokens;
    if (byRequests != null) {
      byRequests.seen(requestsNanos, now);
    }
    if (byTokens != null) {
      byTokens.seen(tokensNanos, now);
    }
  }

  /** Returns the rate at which requests are counted, or null when they are not limited. */
  public @Nullable Rate requestRate() {
    Gcra byRequests = requests;
    return byRequests == null ? null : byRequests.rate(ticker.nanos());
  }

  /** Returns the rate at which tokens are counted, or null when they are not limited. */
  public @Nullable Rate tokenRate() {
    Gcra byTokens = tokens;
    return byTokens == null ? null : byTokens.rate(ticker.nanos());
  }

  /** Requests that may be under way at once; negative: any number. */
  public int mostInFlight() {
    return mostInFlight == NO_LIMIT ? -1 : mostInFlight;
  }

  /** Requests taken since the start, less those given back. */
  public long takenRequests() {
    return takenRequests.sum();
  }

  /** Tokens taken since the start, less those given back. */
  public long takenTokens() {
    return takenTokens.sum();
  }

  /** Returns the report that the limit on requests in flight is reached. */
  public Full fullInFlight() {
    return new Full(this, IN_FLIGHT, mostInFlight, 1);
  }

  /** Returns the report that the limit on requests a minute is reached. */
  public Full fullRequests(long waitNanos) {
    Gcra byRequests = requests;
    return new Full(this, REQUESTS, byRequests == null ? 0 : byRequests.perMinute(), waitNanos);
  }

  /** Returns the report that the limit on tokens a minute is reached. */
  public Full fullTokens(long waitNanos) {
    Gcra byTokens = tokens;
    return new Full(this, TOKENS, byTokens == null ? 0 : byTokens.perMinute(), waitNanos);
  }

  /** A request is over: its place is free, and its true number of tokens is known. */
  public void done(long tokensMore) {
    inFlight.decrementAndGet();
    settle(tokensMore);
  }

  /** No more than a request can have, whatever a provider states. */
  public static long sane(long tokens) {
    return Math.clamp(tokens, -Gcra.MOST_UNITS, Gcra.MOST_UNITS);
  }

  /** Takes tokens whether they are there or not, or gives some back. */
  public void settle(long tokensMore) {
    takenTokens.add(sane(tokensMore));
    Gcra byTokens = tokens;
    if (byTokens != null && tokensMore != 0) {
      byTokens.settle(tokensMore, ticker.nanos());
    }
  }

  /**
   * Takes a request whether there is room or not: a provider counts it in any case. Ended by {@link
   * #done}.
   */
  public void count(long tokenCount) {
    inFlight.incrementAndGet();
    takenRequests.increment();
    Gcra byRequests = requests;
    if (byRequests != null) {
      byRequests.settle(1, ticker.nanos());
    }
    settle(tokenCount);
  }

  /**
   * Returns the nanoseconds until a request would fit, or 0 when it would fit now. Returns at least
   * 1 while the limit on requests in flight is reached.
   */
  public long waitNanos(long tokenCount, long nowNanos) {
    Gcra byRequests = requests;
    Gcra byTokens = tokens;
    long wait = byRequests == null ? 0 : byRequests.wait(1, nowNanos);
    wait = byTokens == null ? wait : Math.max(wait, byTokens.wait(tokenCount, nowNanos));
    return inFlight.get() >= mostInFlight ? Math.max(wait, 1) : wait;
  }

  public String name() {
    return name;
  }

  public int inFlight() {
    return inFlight.get();
  }

  @Nullable Gcra requests() {
    return requests;
  }

  @Nullable Gcra tokens() {
    return tokens;
  }

  /**
   * A bound that has been reached.
   *
   * @param what it counts
   * @param waitNanos until there is room again, as far as that can be told
   */
  public record Full(Quota quota, String what, long bound, long waitNanos) {}

  /**
   * A rate of units, given by the times in which they become available.
   *
   * @param unitNanos the nanoseconds in which one unit becomes available
   * @param burstNanos the nanoseconds in which as many units as may be taken at once become
   *     available
   * @param fullInNanos the nanoseconds until all units are available again
   */
  public record Rate(double unitNanos, double burstNanos, long fullInNanos) {
    /** Returns the number of units that become available in a minute. */
    public long perMinute() {
      return Math.round(TimeUnit.MINUTES.toNanos(1) / unitNanos);
    }
  }
}
