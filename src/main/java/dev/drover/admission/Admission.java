package dev.drover.admission;

import dev.drover.types.Ticker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request's place in every quota it has to pass. Must be ended exactly once; further endings do
 * nothing. Thread-safe.
 */
public final class Admission {
  private final List<Quota> quotas;
  private final long reservedTokens;
  private final Ticker ticker;
  private final AtomicBoolean over = new AtomicBoolean();

  private Admission(List<Quota> quotas, long reservedTokens, Ticker ticker) {
    this.quotas = quotas;
    this.reservedTokens = reservedTokens;
    this.ticker = ticker;
  }

  /** What came of asking for a place. */
  public sealed interface Result {
    /** There was room everywhere. */
    record In(Admission admission) implements Result {}

    /**
     * Somewhere there was none.
     *
     * @param waitNanos until there will be, as far as that can be told
     */
    record Out(String message, long waitNanos) implements Result {}
  }

  /**
   * Asks for a place in all quotas, or in none.
   *
   * @param tokens expected of prompt and answer
   */
  public static Result ask(Quotas quotas, Caller caller, String model, long tokens, Ticker ticker) {
    List<Quota> all = quotas.of(caller, model);
    for (int i = 0; i < all.size(); i++) {
      Quota.Full full = all.get(i).take(tokens);
      if (full != null) {
        all.subList(0, i).forEach(taken -> taken.untake(tokens));
        return new Result.Out(
            "%s: %d %s reached (expected: fewer)"
                .formatted(full.quota().name(), full.bound(), full.what()),
            full.waitNanos());
      }
    }
    return new Result.In(new Admission(all, tokens, ticker));
  }

  /**
   * The request is over.
   *
   * @param tokens that it had in truth; 0 when it never got to a target
   */
  public void end(long tokens) {
    if (over.compareAndSet(false, true)) {
      quotas.forEach(quota -> quota.done(tokens - reservedTokens));
    }
  }

  /** What is left, in OpenAI's headers, of the quota that has least; empty without limits. */
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    long now = ticker.nanos();
    Gcra requests = scarcest(quotas, Quota::requests, now);
    Gcra tokens = scarcest(quotas, Quota::tokens, now);
    put(headers, "requests", requests, now);
    put(headers, "tokens", tokens, now);
    return headers;
  }

  private static void put(Map<String, String> headers, String what, @Nullable Gcra gcra, long now) {
    if (gcra != null) {
      headers.put("x-ratelimit-limit-" + what, Long.toString(gcra.perMinute()));
      headers.put("x-ratelimit-remaining-" + what, Long.toString(gcra.remaining(now)));
      headers.put("x-ratelimit-reset-" + what, seconds(gcra.fullInNanos(now)) + "s");
    }
  }

  private static @Nullable Gcra scarcest(
      List<Quota> quotas, Function<Quota, @Nullable Gcra> part, long now) {
    Gcra least = null;
    for (Quota quota : quotas) {
      Gcra each = part.apply(quota);
      if (each != null && (least == null || each.remaining(now) < least.remaining(now))) {
        least = each;
      }
    }
    return least;
  }

  private static long seconds(long nanos) {
    return (nanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }
}
