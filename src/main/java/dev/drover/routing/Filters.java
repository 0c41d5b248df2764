package dev.drover.routing;

import dev.drover.admission.Quota;
import dev.drover.catalog.Target;
import dev.drover.credential.CredentialPool;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.routing.task.Tasks;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.TargetHealth;
import dev.drover.state.rollout.Rollout;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.Capability;
import dev.drover.types.NanoDollars;
import dev.drover.types.Quality;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells which targets cannot take a request, and why. The reasons that lie in the request come
 * before those that pass. Immutable, thread-safe.
 */
final class Filters {
  private final Tasks tasks;
  private final RuntimeState state;
  private final Estimates estimates;

  Filters(Tasks tasks, RuntimeState state, Estimates estimates) {
    this.tasks = tasks;
    this.state = state;
    this.estimates = estimates;
  }

  /**
   * Returns the reason why a target is not a candidate, or null when it is one.
   *
   * @param rollout the rollout of the model, or null
   */
  @Nullable Reason reason(
      Candidate candidate,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout,
      long now) {
    Reason lasting = lasting(candidate, routingRequest, policyResult, rollout);
    return lasting == null ? away(candidate.target(), routingRequest, now) : lasting;
  }

  /** Returns the reason that has nothing to do with the target's health or quota, or null. */
  private @Nullable Reason lasting(
      Candidate candidate,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout) {
    Target target = candidate.target();
    if (!routingRequest.isStoredAt(target)) {
      return Reason.NOT_STORED;
    }
    if (!policyResult.allowsTarget(target.name())) {
      return Reason.NOT_ALLOWED;
    }
    if (!target.enabled() || state.switches().isOff(target)) {
      return Reason.SWITCHED_OFF;
    }
    CredentialPool credentials = target.provider().credentials();
    if (credentials.unusable()) {
      return credentials.renews() ? Reason.CREDENTIAL_NOT_READY : Reason.NO_CREDENTIAL;
    }
    Reason unfit = unfit(candidate, routingRequest, policyResult);
    boolean out =
        rollout != null
            && routingRequest.storedAt() == null
            && rollout.settings().target().equals(target.name())
            && !rollout.includes(routingRequest.cohort());
    return unfit == null && out ? Reason.NOT_ROLLED_OUT : unfit;
  }

  /** Returns whether a target is kept from a request by nothing but its health. */
  boolean onlyIll(
      Candidate candidate,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout,
      long now) {
    return estimates.health(candidate.target()).settings().panic()
        && lasting(candidate, routingRequest, policyResult, rollout) == null
        && quotaWait(candidate.target(), routingRequest, now) == 0;
  }

  /** Returns whether a target is allowed, switched on and good enough for a request. */
  boolean wanted(Target target, RoutingRequest routingRequest, PolicyResult policyResult) {
    return policyResult.allowsTarget(target.name())
        && target.enabled()
        && !state.switches().isOff(target)
        && !belowQuality(target, routingRequest);
  }

  private boolean belowQuality(Target target, RoutingRequest routingRequest) {
    Quality needed = tasks.quality(routingRequest.task(), routingRequest.hints().maxCost());
    Quality has = target.quality();
    return needed != null && has != null && has.compareTo(needed) < 0;
  }

  private @Nullable Reason unfit(
      Candidate candidate, RoutingRequest routingRequest, PolicyResult policyResult) {
    Target target = candidate.target();
    Set<Capability> needs = routingRequest.facts().needs();
    if (!needs.isEmpty() && !target.supports().containsAll(needs)) {
      return Reason.LACKS_CAPABILITY;
    }
    if (untranslatable(target, routingRequest) != null) {
      return Reason.NOT_TRANSLATABLE;
    }
    if (belowQuality(target, routingRequest)) {
      return Reason.BELOW_QUALITY;
    }
    if (target.contextWindow() > 0 && mostTokens(target, routingRequest) > target.contextWindow()) {
      return Reason.WINDOW_EXCEEDED;
    }
    NanoDollars cap = cap(routingRequest, policyResult);
    return cap != null && candidate.costNanos() > cap.value() ? Reason.OVER_COST_CAP : null;
  }

  private static @Nullable String untranslatable(Target target, RoutingRequest routingRequest) {
    Translatable translation = routingRequest.translation();
    return translation == null ? null : translation.refusal(target);
  }

  private @Nullable Reason away(Target target, RoutingRequest routingRequest, long now) {
    if (!estimates.health(target).breaker().available(now)) {
      return Reason.BREAKER_OPEN;
    }
    if (estimates.health(target).coolingNanos(now) > 0) {
      return Reason.COOLING_DOWN;
    }
    return quotaWait(target, routingRequest, now) > 0 ? Reason.OVER_QUOTA : null;
  }

  /**
   * Returns the nanoseconds until the target's quota has room for the request, or 0 when it has
   * room now.
   */
  private long quotaWait(Target target, RoutingRequest routingRequest, long now) {
    Quota quota = state.controller().quotas().ofTarget(target.name());
    return quota == null
        ? 0
        : quota.waitNanos(estimates.expectedTokens(target, routingRequest), now);
  }

  private long mostTokens(Target target, RoutingRequest routingRequest) {
    return estimates.mostInput(target, routingRequest.facts())
        + Math.max(0, routingRequest.facts().maxOutputTokens());
  }

  private static @Nullable NanoDollars cap(
      RoutingRequest routingRequest, PolicyResult policyResult) {
    NanoDollars wished = routingRequest.hints().maxCost();
    NanoDollars ruled = policyResult.maxCost();
    return wished == null || (ruled != null && ruled.compareTo(wished) < 0) ? ruled : wished;
  }

  /** A reason with what was asked and what there is. */
  Exclusion exclusion(
      Reason reason,
      Candidate candidate,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout,
      long now) {
    Target target = candidate.target();
    return switch (reason) {
      case BREAKER_OPEN -> breakerOpen(target, now);
      case COOLING_DOWN -> {
        TargetHealth health = estimates.health(target);
        long rest = health.coolingNanos(now);
        long trial = Math.max(1, health.nanosToTrial(now));
        long cooling = health.settings().panic() ? Math.min(rest, trial) : rest;
        yield new Exclusion(target, reason, Refusals.seconds(cooling) + " s", cooling);
      }
      case OVER_QUOTA -> {
        long wait = quotaWait(target, routingRequest, now);
        yield new Exclusion(target, reason, Refusals.seconds(wait) + " s", wait);
      }
      default ->
          new Exclusion(
              target, reason, detail(reason, candidate, routingRequest, policyResult, rollout), 0);
    };
  }

  /** Another request was faster in taking the trial of a target, or the last of its quota. */
  Exclusion lost(Target target, RoutingRequest routingRequest, long now) {
    long wait = quotaWait(target, routingRequest, now);
    return wait > 0
        ? new Exclusion(target, Reason.OVER_QUOTA, Refusals.seconds(wait) + " s", wait)
        : breakerOpen(target, now);
  }

  private Exclusion breakerOpen(Target target, long now) {
    long wait = estimates.health(target).breaker().nanosToTrial(now);
    return new Exclusion(
        target, Reason.BREAKER_OPEN, Refusals.seconds(wait) + " s to the next trial", wait);
  }

  private String detail(
      Reason reason,
      Candidate candidate,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout) {
    Target target = candidate.target();
    return switch (reason) {
      case NOT_ALLOWED -> "policy " + policyResult.policy();
      case LACKS_CAPABILITY -> missing(target, routingRequest);
      case NOT_TRANSLATABLE -> String.valueOf(untranslatable(target, routingRequest));
      case BELOW_QUALITY -> quality(target, routingRequest);
      case WINDOW_EXCEEDED ->
          "up to %d tokens; window %d"
              .formatted(mostTokens(target, routingRequest), target.contextWindow());
      case OVER_COST_CAP ->
          candidate.expectedCost()
              + " USD expected; cap "
              + cap(routingRequest, policyResult)
              + " USD";
      case NOT_ROLLED_OUT ->
          rollout == null ? "" : "to " + rollout.percent() + " % so far, not to this one";
      case NOT_STORED -> stored(routingRequest);
      case CREDENTIAL_NOT_READY -> target.provider().credentials().toString();
      case SWITCHED_OFF, NO_CREDENTIAL, BREAKER_OPEN, COOLING_DOWN, OVER_QUOTA -> "";
    };
  }

  private static String stored(RoutingRequest routingRequest) {
    ResponseLocation at = routingRequest.storedAt();
    return at == null ? "" : "at target " + at.target() + " of provider " + at.provider();
  }

  private static String missing(Target target, RoutingRequest routingRequest) {
    Set<Capability> missing = new TreeSet<>(routingRequest.facts().needs());
    missing.removeAll(target.supports());
    return missing.stream().map(Capability::label).collect(Collectors.joining(", "));
  }

  private String quality(Target target, RoutingRequest routingRequest) {
    Quality needed = tasks.quality(routingRequest.task(), routingRequest.hints().maxCost());
    Quality has = target.quality();
    return "%s; task %s needs %s"
        .formatted(
            has == null ? "" : has.label(),
            routingRequest.task(),
            needed == null ? "" : needed.label());
  }
}
