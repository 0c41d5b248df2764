package dev.drover.routing;

import dev.drover.catalog.Model;
import dev.drover.routing.policy.PolicyFailure;
import dev.drover.routing.policy.PolicyResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words a refusal when no target is left. */
final class Refusals {
  /** A target may be well again before its time is over. A quota has an end that is known. */
  private static final long MOST_SECONDS = 5;

  private Refusals() {}

  static Decision.Refuse of(Model model, List<Exclusion> excluded) {
    String each = excluded.stream().map(Exclusion::toString).collect(Collectors.joining("; "));
    String message = "model " + model.name() + ": no target can take this request: " + each;
    if (excluded.stream().allMatch(e -> e.reason().when() == Reason.When.NEVER)) {
      return new Decision.Refuse(400, "no_suitable_target", message, null, excluded);
    }
    boolean later = excluded.stream().anyMatch(e -> e.reason().when() == Reason.When.LATER);
    return later
        ? new Decision.Refuse(
            429, "targets_throttled", message, retryAfter(excluded, Reason.When.LATER), excluded)
        : new Decision.Refuse(
            503, "targets_unavailable", message, retryAfter(excluded, Reason.When.ILL), excluded);
  }

  /** A policy forbids the model, or the wishes. */
  static Decision.Refuse denied(
      RoutingRequest routingRequest, PolicyResult policyResult, boolean overruled) {
    return new Decision.Refuse(
        403,
        "policy_denied",
        overruled
            ? "policy %s: x-drover-strategy and x-drover-prefer are not for this caller (expected: a request without)"
                .formatted(policyResult.policy())
            : "policy %s: model %s is not for this caller (expected: a model that the policy allows)"
                .formatted(policyResult.policy(), routingRequest.model().name()),
        null,
        List.of());
  }

  /** A policy's condition has no answer: what is not known to be allowed is not. */
  static Decision.Refuse failed(PolicyFailure failure) {
    return new Decision.Refuse(
        500, "policy_undecided", String.valueOf(failure.getMessage()), null, List.of());
  }

  /** Whole seconds, rounded up. */
  static long seconds(long nanos) {
    return (nanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }

  private static @Nullable Long retryAfter(List<Exclusion> excluded, Reason.When when) {
    long shortest =
        excluded.stream()
            .filter(e -> e.reason().when() == when && e.waitNanos() > 0)
            .mapToLong(Exclusion::waitNanos)
            .min()
            .orElse(-1);
    boolean health = excluded.stream().noneMatch(e -> e.reason() == Reason.OVER_QUOTA);
    long most = health ? MOST_SECONDS : Long.MAX_VALUE;
    return shortest < 0 ? null : Math.clamp(seconds(shortest), 1, most);
  }
}
