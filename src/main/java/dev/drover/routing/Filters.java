package dev.drover.routing;

import dev.drover.catalog.Target;
import dev.drover.routing.health.TargetHealth;
import dev.drover.routing.policy.Verdict;
import dev.drover.routing.rollout.Rollout;
import dev.drover.routing.task.Tasks;
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
  private final Switches switches;
  private final Estimates estimates;

  Filters(Tasks tasks, Switches switches, Estimates estimates) {
    this.tasks = tasks;
    this.switches = switches;
    this.estimates = estimates;
  }

  /**
   * Why a candidate is none, or null.
   *
   * @param rollout of the model, or null
   */
  @Nullable Exclusion exclude(
      Candidate candidate, Ask ask, Verdict verdict, @Nullable Rollout rollout, long now) {
    Exclusion unfit = unfit(candidate, ask, verdict);
    return unfit == null ? away(candidate.target(), ask, rollout, now) : unfit;
  }

  /** Whether a target is off or has no key, whatever the request. */
  @Nullable Exclusion off(Target target) {
    if (!target.enabled() || switches.isOff(target)) {
      return new Exclusion(target, Reason.SWITCHED_OFF, "", 0);
    }
    return target.provider().keys().unusable()
        ? new Exclusion(target, Reason.NO_CREDENTIAL, target.provider().keys().toString(), 0)
        : null;
  }

  private @Nullable Exclusion unfit(Candidate candidate, Ask ask, Verdict verdict) {
    Target target = candidate.target();
    if (!verdict.allowsTarget(target.name())) {
      return new Exclusion(target, Reason.NOT_ALLOWED, "policy " + verdict.policy(), 0);
    }
    Exclusion off = off(target);
    if (off != null) {
      return off;
    }
    if (!target.supports().containsAll(ask.facts().needs())) {
      Set<Capability> missing = new TreeSet<>(ask.facts().needs());
      missing.removeAll(target.supports());
      return new Exclusion(target, Reason.LACKS_CAPABILITY, labels(missing), 0);
    }
    Exclusion worse = belowQuality(target, ask);
    if (worse != null) {
      return worse;
    }
    long answer = Math.max(0, ask.facts().maxOutputTokens());
    if (target.contextWindow() > 0
        && estimates.mostInput(target, ask.facts()) + answer > target.contextWindow()) {
      return new Exclusion(
          target,
          Reason.WINDOW_EXCEEDED,
          "up to %d tokens; window %d"
              .formatted(estimates.mostInput(target, ask.facts()) + answer, target.contextWindow()),
          0);
    }
    return dear(candidate, cap(ask, verdict));
  }

  private @Nullable Exclusion belowQuality(Target target, Ask ask) {
    Quality needed = tasks.quality(ask.task(), ask.wishes().maxCost());
    Quality has = target.quality();
    return needed == null || has == null || has.compareTo(needed) >= 0
        ? null
        : new Exclusion(
            target,
            Reason.BELOW_QUALITY,
            "%s; task %s needs %s".formatted(has.label(), ask.task(), needed.label()),
            0);
  }

  private static @Nullable NanoDollars cap(Ask ask, Verdict verdict) {
    NanoDollars wished = ask.wishes().maxCost();
    NanoDollars ruled = verdict.maxCost();
    return wished == null || (ruled != null && ruled.compareTo(wished) < 0) ? ruled : wished;
  }

  private static @Nullable Exclusion dear(Candidate candidate, @Nullable NanoDollars cap) {
    return cap == null || candidate.expectedCost().compareTo(cap) <= 0
        ? null
        : new Exclusion(
            candidate.target(),
            Reason.OVER_COST_CAP,
            candidate.expectedCost() + " USD expected; cap " + cap + " USD",
            0);
  }

  private @Nullable Exclusion away(Target target, Ask ask, @Nullable Rollout rollout, long now) {
    if (rollout != null
        && rollout.settings().target().equals(target.name())
        && !rollout.includes(ask.cohort())) {
      return new Exclusion(
          target,
          Reason.NOT_ROLLED_OUT,
          "to " + rollout.percent() + " % so far, not to this one",
          0);
    }
    TargetHealth health = estimates.health(target);
    if (!health.breaker().available(now)) {
      return breakerOpen(target, now);
    }
    long cooling = health.coolingNanos(now);
    return cooling > 0
        ? new Exclusion(target, Reason.COOLING_DOWN, Refusals.seconds(cooling) + " s", cooling)
        : null;
  }

  Exclusion breakerOpen(Target target, long now) {
    long wait = estimates.health(target).breaker().nanosToTrial(now);
    return new Exclusion(
        target, Reason.BREAKER_OPEN, Refusals.seconds(wait) + " s to the next trial", wait);
  }

  private static String labels(Set<Capability> capabilities) {
    return capabilities.stream().map(Capability::label).collect(Collectors.joining(", "));
  }
}
