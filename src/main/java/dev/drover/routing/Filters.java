package dev.drover.routing;

import dev.drover.admission.Quota;
import dev.drover.catalog.Target;
import dev.drover.routing.policy.Verdict;
import dev.drover.routing.task.Tasks;
import dev.drover.state.Memory;
import dev.drover.state.rollout.Rollout;
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
  private final Memory memory;
  private final Estimates estimates;

  Filters(Tasks tasks, Memory memory, Estimates estimates) {
    this.tasks = tasks;
    this.memory = memory;
    this.estimates = estimates;
  }

  /**
   * Why a candidate is none, or null.
   *
   * @param rollout of the model, or null
   */
  @Nullable Reason reason(
      Candidate candidate, Ask ask, Verdict verdict, @Nullable Rollout rollout, long now) {
    Target target = candidate.target();
    if (!verdict.allowsTarget(target.name())) {
      return Reason.NOT_ALLOWED;
    }
    if (!target.enabled() || memory.switches().isOff(target)) {
      return Reason.SWITCHED_OFF;
    }
    if (target.provider().keys().unusable()) {
      return Reason.NO_CREDENTIAL;
    }
    Reason unfit = unfit(candidate, ask, verdict);
    return unfit == null ? away(target, ask, rollout, now) : unfit;
  }

  /** Whether nobody has ruled a target out, and it is good enough. */
  boolean wanted(Target target, Ask ask, Verdict verdict) {
    return verdict.allowsTarget(target.name())
        && target.enabled()
        && !memory.switches().isOff(target)
        && !belowQuality(target, ask);
  }

  private boolean belowQuality(Target target, Ask ask) {
    Quality needed = tasks.quality(ask.task(), ask.wishes().maxCost());
    Quality has = target.quality();
    return needed != null && has != null && has.compareTo(needed) < 0;
  }

  private @Nullable Reason unfit(Candidate candidate, Ask ask, Verdict verdict) {
    Target target = candidate.target();
    Set<Capability> needs = ask.facts().needs();
    if (!needs.isEmpty() && !target.supports().containsAll(needs)) {
      return Reason.LACKS_CAPABILITY;
    }
    if (belowQuality(target, ask)) {
      return Reason.BELOW_QUALITY;
    }
    if (target.contextWindow() > 0 && mostTokens(target, ask) > target.contextWindow()) {
      return Reason.WINDOW_EXCEEDED;
    }
    NanoDollars cap = cap(ask, verdict);
    return cap != null && candidate.costNanos() > cap.value() ? Reason.OVER_COST_CAP : null;
  }

  private @Nullable Reason away(Target target, Ask ask, @Nullable Rollout rollout, long now) {
    if (rollout != null
        && rollout.settings().target().equals(target.name())
        && !rollout.includes(ask.cohort())) {
      return Reason.NOT_ROLLED_OUT;
    }
    if (!estimates.health(target).breaker().available(now)) {
      return Reason.BREAKER_OPEN;
    }
    if (estimates.health(target).coolingNanos(now) > 0) {
      return Reason.COOLING_DOWN;
    }
    return quotaWait(target, ask, now) > 0 ? Reason.OVER_QUOTA : null;
  }

  /** How long until the target's quota has room for the request; 0 when it has now. */
  private long quotaWait(Target target, Ask ask, long now) {
    Quota quota = memory.desk().quotas().ofTarget(target.name());
    return quota == null ? 0 : quota.waitNanos(estimates.expectedTokens(target, ask), now);
  }

  private long mostTokens(Target target, Ask ask) {
    return estimates.mostInput(target, ask.facts()) + Math.max(0, ask.facts().maxOutputTokens());
  }

  private static @Nullable NanoDollars cap(Ask ask, Verdict verdict) {
    NanoDollars wished = ask.wishes().maxCost();
    NanoDollars ruled = verdict.maxCost();
    return wished == null || (ruled != null && ruled.compareTo(wished) < 0) ? ruled : wished;
  }

  /** A reason with what was asked and what there is. */
  Exclusion exclusion(
      Reason reason,
      Candidate candidate,
      Ask ask,
      Verdict verdict,
      @Nullable Rollout rollout,
      long now) {
    Target target = candidate.target();
    return switch (reason) {
      case BREAKER_OPEN -> breakerOpen(target, now);
      case COOLING_DOWN -> {
        long cooling = estimates.health(target).coolingNanos(now);
        yield new Exclusion(target, reason, Refusals.seconds(cooling) + " s", cooling);
      }
      case OVER_QUOTA -> {
        long wait = quotaWait(target, ask, now);
        yield new Exclusion(target, reason, Refusals.seconds(wait) + " s", wait);
      }
      default -> new Exclusion(target, reason, detail(reason, candidate, ask, verdict, rollout), 0);
    };
  }

  /** Another request was faster in taking the trial of a target, or the last of its quota. */
  Exclusion lost(Target target, Ask ask, long now) {
    long wait = quotaWait(target, ask, now);
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
      Reason reason, Candidate candidate, Ask ask, Verdict verdict, @Nullable Rollout rollout) {
    Target target = candidate.target();
    return switch (reason) {
      case NOT_ALLOWED -> "policy " + verdict.policy();
      case LACKS_CAPABILITY -> missing(target, ask);
      case BELOW_QUALITY -> quality(target, ask);
      case WINDOW_EXCEEDED ->
          "up to %d tokens; window %d".formatted(mostTokens(target, ask), target.contextWindow());
      case OVER_COST_CAP ->
          candidate.expectedCost() + " USD expected; cap " + cap(ask, verdict) + " USD";
      case NOT_ROLLED_OUT ->
          rollout == null ? "" : "to " + rollout.percent() + " % so far, not to this one";
      case SWITCHED_OFF, NO_CREDENTIAL, BREAKER_OPEN, COOLING_DOWN, OVER_QUOTA -> "";
    };
  }

  private static String missing(Target target, Ask ask) {
    Set<Capability> missing = new TreeSet<>(ask.facts().needs());
    missing.removeAll(target.supports());
    return missing.stream().map(Capability::label).collect(Collectors.joining(", "));
  }

  private String quality(Target target, Ask ask) {
    Quality needed = tasks.quality(ask.task(), ask.wishes().maxCost());
    Quality has = target.quality();
    return "%s; task %s needs %s"
        .formatted(
            has == null ? "" : has.label(), ask.task(), needed == null ? "" : needed.label());
  }
}
