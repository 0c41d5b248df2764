package dev.drover.tools.standin;

import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.ResetHeader;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tracks the retries that a request has left, the wait before the next one and its priority.
 * Confined to one stream.
 */
final class Retries {
  private static final Duration BASE = Duration.ofMillis(25);
  private static final Duration MAX_RATE_LIMITED = Duration.ofMinutes(5);

  private final RetryPolicy policy;
  private final Set<String> on;
  private final Set<Integer> triedPriorities = new HashSet<>();
  private final long most;
  private long used;

  /**
   * @param most retries at most, from the policy or a header
   */
  Retries(RetryPolicy policy, long most) {
    this.policy = policy;
    this.on =
        Set.of(policy.getRetryOn().isEmpty() ? new String[0] : policy.getRetryOn().split(",", -1));
    this.most = most;
  }

  static Retries of(RetryPolicy policy, HeaderMap headers) {
    long fallback = policy.hasNumRetries() ? policy.getNumRetries().getValue() : 1;
    long configured = policy.getRetryOn().isEmpty() ? 0 : fallback;
    return new Retries(policy, headers.number("x-envoy-max-retries", configured));
  }

  boolean anyLeft() {
    return used < most;
  }

  boolean anyAtAll() {
    return most > 0;
  }

  boolean onAnswer(int status, HeaderMap answer) {
    return answer.get("x-envoy-ratelimited") != null
        ? on.contains("envoy-ratelimited")
        : onStatus(status);
  }

  boolean onStatus(int status) {
    return (on.contains("5xx") && status >= 500)
        || (on.contains("gateway-error") && status >= 502 && status <= 504)
        || (on.contains("retriable-4xx") && status == 409)
        || (on.contains("retriable-status-codes")
            && policy.getRetriableStatusCodesList().contains(status));
  }

  boolean onReset(boolean connected) {
    return on.contains("5xx")
        || (connected && (on.contains("reset") || on.contains("reset-before-request")))
        || (!connected
            && (on.contains("connect-failure")
                || on.contains("gateway-error")
                || on.contains("reset")));
  }

  /** Returns the wait before the next attempt, which counts from now on. */
  Duration next(HeaderMap answer) {
    used++;
    Duration asked = rateLimited(answer);
    if (!asked.isNegative()) {
      return asked;
    }
    var backOff = policy.getRetryBackOff();
    Duration base = backOff.hasBaseInterval() ? Protos.duration(backOff.getBaseInterval()) : BASE;
    Duration max =
        backOff.hasMaxInterval()
            ? Protos.duration(backOff.getMaxInterval())
            : base.multipliedBy(10);
    long bound = Math.min(((1L << Math.min(used, 20)) - 1) * base.toNanos(), max.toNanos());
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(Math.max(1, bound)));
  }

  private Duration rateLimited(HeaderMap answer) {
    RateLimitedRetryBackOff backOff = policy.getRateLimitedRetryBackOff();
    Duration max =
        backOff.hasMaxInterval() ? Protos.duration(backOff.getMaxInterval()) : MAX_RATE_LIMITED;
    for (ResetHeader header : backOff.getResetHeadersList()) {
      long seconds = answer.number(header.getName().toLowerCase(Locale.ROOT), -1);
      Duration wait = Duration.ofSeconds(seconds);
      if (seconds >= 0 && wait.compareTo(max) <= 0) {
        return Duration.ofMillis(
            (long) (wait.toMillis() * (1 + ThreadLocalRandom.current().nextDouble() / 2)));
      }
    }
    return Duration.ofNanos(-1);
  }

  /**
   * The priority of the next attempt: with previous_priorities the first one not tried yet, else 0.
   */
  int priority(List<List<Upstream.Host>> priorities) {
    if (!policy.hasRetryPriority()) {
      return 0;
    }
    if (triedPriorities.size() >= priorities.size()) {
      triedPriorities.clear();
    }
    int priority = 0;
    while (triedPriorities.contains(priority)) {
      priority++;
    }
    triedPriorities.add(priority);
    return priority;
  }
}
