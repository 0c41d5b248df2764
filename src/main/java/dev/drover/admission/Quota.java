package dev.drover.admission;

import dev.drover.config.LimitsConfig;
import dev.drover.types.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one key, workload, team, model or target may take in a time. Thread-safe; outlives reloads,
 * which change its bounds and not what is used of them.
 */
public final class Quota {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final String name;
  private final Ticker ticker;
  private final AtomicInteger inFlight = new AtomicInteger();
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
    known.configure(perMinute, burst);
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
      return new Full(this, "requests in flight", mostInFlight, 1);
    }
    long wait = byRequests == null ? 0 : byRequests.take(1, now);
    if (byRequests != null && wait > 0) {
      inFlight.decrementAndGet();
      return new Full(this, "requests a minute", byRequests.perMinute(), wait);
    }
    wait = byTokens == null ? 0 : byTokens.take(tokenCount, now);
    if (byTokens != null && wait > 0) {
      inFlight.decrementAndGet();
      if (byRequests != null) {
        byRequests.settle(-1, now);
      }
      return new Full(this, "tokens a minute", byTokens.perMinute(), wait);
    }
    return null;
  }

  /** Gives back a request that was taken and then not made. */
  void untake(long tokenCount) {
    inFlight.decrementAndGet();
    Gcra byRequests = requests;
    if (byRequests != null) {
      byRequests.settle(-1, ticker.nanos());
    }
    settle(-tokenCount);
  }

  /** A request is over: its place is free, and its true number of tokens is known. */
  public void done(long tokensMore) {
    inFlight.decrementAndGet();
    settle(tokensMore);
  }

  /** Takes tokens whether they are there or not, or gives some back. */
  public void settle(long tokensMore) {
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
    Gcra byRequests = requests;
    if (byRequests != null) {
      byRequests.settle(1, ticker.nanos());
    }
    settle(tokenCount);
  }

  /** How long until a request would fit; 0 when now. */
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
}
