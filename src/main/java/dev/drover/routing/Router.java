package dev.drover.routing;

import dev.drover.admission.Quota;
import dev.drover.admission.QuotaReservation;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Plan;
import dev.drover.catalog.Shadow;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.Outcome;
import dev.drover.routing.policy.Facts;
import dev.drover.routing.policy.Policies;
import dev.drover.routing.policy.PolicyFailure;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.routing.strategy.Rendezvous;
import dev.drover.routing.strategy.Strategies;
import dev.drover.routing.task.Tasks;
import dev.drover.state.RuntimeState;
import dev.drover.state.affinity.Sessions.Warm;
import dev.drover.state.health.Breaker;
import dev.drover.state.health.TargetHealth;
import dev.drover.state.rollout.Rollout;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a request goes: asks the policies, filters the model's targets, ranks the rest,
 * lets affinity, rollout and preference have their say, and names the plan. Immutable itself; reads
 * shared memory. Thread-safe, never blocks.
 */
public final class Router {
  /** The factor by which the target that a conversation stays at may be slower than the best. */
  private static final int STAYS_WITHIN = 2;

  /**
   * The interval, in nanoseconds, at which a decision keeps its reasons although no client asked.
   * Up to 20 intervals are saved up.
   */
  private static final long EXPLAIN_EVERY_NANOS = 20_000_000;

  private static final long EXPLAIN_SAVED_NANOS = 20 * EXPLAIN_EVERY_NANOS;

  private static final String CACHED = "its prompt cache knows the conversation. ";
  private static final String ROLLED_OUT = "the model is rolled out to it. ";
  private static final String PREFERRED = "the client prefers it. ";
  private static final String LEAST_ILL = "no target is well, and it is the least ill. ";

  private final ThreadLocal<Candidates> scratch = ThreadLocal.withInitial(Candidates::new);
  private final Candidate blank;
  private final Policies policies;
  private final Filters filters;
  private final Estimates estimates;
  private final RuntimeState state;
  private final Ticker ticker;
  private final InstantSource wall;
  private final AtomicLong explained;

  private Router(
      Candidate blank,
      Policies policies,
      Filters filters,
      Estimates estimates,
      RuntimeState state,
      Ticker ticker,
      InstantSource wall) {
    this.blank = blank;
    this.policies = policies;
    this.filters = filters;
    this.estimates = estimates;
    this.state = state;
    this.ticker = ticker;
    this.wall = wall;
    this.explained = new AtomicLong(ticker.nanos() - EXPLAIN_EVERY_NANOS);
  }

  /**
   * Compiles the router of a ruleset.
   *
   * @param state the history, which outlives this router and takes the config's settings up
   */
  public static Router compile(
      GatewayConfig config,
      Catalog catalog,
      Tasks tasks,
      RuntimeState state,
      Ticker ticker,
      InstantSource wall) {
    state.sessions().configure(config.affinity());
    state.responses().configure(config.responses());
    state.rollouts().configure(config);
    state.controller().configure(config);
    Estimates estimates = Estimates.compile(config, catalog, state.health(), ticker);
    Target any = catalog.targets().iterator().next();
    return new Router(
        new Candidate(any, 0, 0, 0, 0, 0, 0, 0),
        Policies.compile(config.policies()),
        new Filters(tasks, state, estimates),
        estimates,
        state,
        ticker,
        wall);
  }

  /** Returns the estimates for requests to this ruleset's targets. */
  public Estimates estimates() {
    return estimates;
  }

  /** The result of evaluating the policies for a request. */
  public sealed interface Judged {
    /** A request that the policies allow. */
    record Allowed(PolicyResult policyResult) implements Judged {}

    /** A request that the policies deny. */
    record Denied(Decision.Refuse refuse) implements Judged {}
  }

  /**
   * Returns whether a target may respond to such a request at all, even if it cannot at this
   * moment.
   */
  public boolean mayAnswer(
      Target target, RoutingRequest routingRequest, PolicyResult policyResult) {
    return filters.wanted(target, routingRequest, policyResult);
  }

  /** Decides one request, policies included. */
  public Decision decide(RoutingRequest routingRequest) {
    return switch (judge(routingRequest)) {
      case Judged.Denied(Decision.Refuse refuse) -> refuse;
      case Judged.Allowed(PolicyResult policyResult) -> choose(routingRequest, policyResult);
    };
  }

  /** Asks the policies. */
  public Judged judge(RoutingRequest routingRequest) {
    PolicyResult policyResult;
    try {
      Target first = routingRequest.model().targets().getFirst();
      policyResult =
          policies.judge(
              new Facts(
                  routingRequest, estimates.expectedInput(first, routingRequest.facts()), wall));
    } catch (PolicyFailure e) {
      return new Judged.Denied(Refusals.failed(e));
    }
    boolean overruled =
        policyResult.wishes() == PolicyResult.OnWishes.REFUSE
            && (routingRequest.hints().strategy() != null
                || routingRequest.hints().prefer() != null);
    if (overruled || !policyResult.allowsModel(routingRequest.model().name())) {
      return new Judged.Denied(Refusals.denied(routingRequest, policyResult, overruled));
    }
    return new Judged.Allowed(policyResult);
  }

  /**
   * Decides a request that the policies allow; claims the trial when the plan's primary is half
   * open.
   */
  public Decision choose(RoutingRequest routingRequest, PolicyResult policyResult) {
    return choose(routingRequest, policyResult, true);
  }

  /** Decides like {@link #choose}, and claims and takes nothing. */
  public Decision preview(RoutingRequest routingRequest, PolicyResult policyResult) {
    return choose(routingRequest, policyResult, false);
  }

  private Decision choose(
      RoutingRequest routingRequest, PolicyResult policyResult, boolean claiming) {
    long now = ticker.nanos();
    Rollout rollout = state.rollouts().of(routingRequest.model().name());
    Warm warm = state.sessions().find(routingRequest.session());
    Candidates fit = scratch.get();
    List<Exclusion> told = routingRequest.hints().explain() || due(now) ? new ArrayList<>() : null;
    weigh(fit, routingRequest, policyResult, rollout, warm, now, told);
    boolean panic = fit.isEmpty();
    if (panic) {
      lastResort(fit, routingRequest, policyResult, rollout, now, claiming);
    }
    if (fit.isEmpty()) {
      return refuse(routingRequest, policyResult, rollout, warm, now);
    }
    String strategy = strategy(routingRequest, policyResult);
    Strategies.named(strategy).rank(fit, routingRequest.key());
    String cached = home(fit, warm);
    String rolledOut = first(fit, rollout == null ? null : rollout.settings().target(), ROLLED_OUT);
    String preferred =
        first(fit, heard(policyResult) ? routingRequest.hints().prefer() : null, PREFERRED);
    QuotaReservation reservation = null;
    while (!fit.isEmpty()) {
      Target primary = fit.get(0).target();
      Quota quota = state.controller().quotas().ofTarget(primary.name());
      if (quota != null) {
        reservation =
            new QuotaReservation(quota, estimates.expectedTokens(primary, routingRequest));
      }
      boolean had =
          panic
              ? reservation == null || !claiming || taken(reservation)
              : claiming
                  ? secured(primary, reservation, now)
                  : securable(primary, reservation, now);
      if (had) {
        break;
      }
      reservation = null;
      if (told != null) {
        told.add(filters.lost(fit.get(0).target(), routingRequest, now));
      }
      fit.removeFirst();
    }
    if (fit.isEmpty()) {
      return refuse(routingRequest, policyResult, rollout, warm, now);
    }
    List<Target> trials = trials(fit, routingRequest.model(), policyResult, now, claiming);
    Plan plan =
        routingRequest
            .model()
            .plans()
            .plan(fit.indexes(), fit.size())
            .atMost(routingRequest.storedAt() == null ? policyResult.maxAttempts() : 1);
    DecisionTrace trace =
        new DecisionTrace(
            routingRequest.task(),
            strategy,
            policyResult.policy(),
            policyResult.tags(),
            policyResult.explain() && routingRequest.hints().explain(),
            policyResult.traceContent(),
            told == null ? "" : (panic ? LEAST_ILL : "") + cached + rolledOut + preferred);
    List<Candidate> ranked = told == null ? List.of() : fit.copies();
    return new Decision.Forward(
        plan,
        ranked,
        told == null ? List.of() : told,
        trace,
        claiming ? trials : List.of(),
        claiming ? reservation : null,
        shadow(routingRequest, policyResult, now));
  }

  /**
   * Returns whether it is time to keep a decision with all its reasons, and notes that it is kept.
   */
  private boolean due(long now) {
    long last = explained.get();
    long from = now - last > EXPLAIN_SAVED_NANOS ? now - EXPLAIN_SAVED_NANOS : last;
    return now - from >= EXPLAIN_EVERY_NANOS
        && explained.compareAndSet(last, from + EXPLAIN_EVERY_NANOS);
  }

  /**
   * Leaves one target when none is well: the least ill one, or one that rests and may be tried now.
   * So a provider that is well again is found by the next request, not by the next trial.
   */
  private void lastResort(
      Candidates fit,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout,
      long now,
      boolean claiming) {
    List<Target> targets = routingRequest.model().targets();
    long output = estimates.expectedOutput(routingRequest);
    int best = -1;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < targets.size(); i++) {
      Candidate slot = fit.add(blank);
      estimates.weigh(slot, targets.get(i), i, routingRequest, output, null, now);
      long illness = illness(targets.get(i), now);
      if (illness < least && filters.onlyIll(slot, routingRequest, policyResult, rollout, now)) {
        best = i;
        least = illness;
      }
      fit.removeLast();
    }
    if (best >= 0 && bearable(targets.get(best), now, claiming)) {
      estimates.weigh(fit.add(blank), targets.get(best), best, routingRequest, output, null, now);
    }
  }

  /**
   * Returns how ill a target is, as the nanoseconds until it would be tried. One that rests comes
   * after all that are ill, since it has asked for the rest itself.
   */
  private long illness(Target target, long now) {
    long cooling = estimates.health(target).coolingNanos(now);
    return cooling > 0
        ? Long.MAX_VALUE / 2 + cooling
        : estimates.health(target).breaker().nanosToTrial(now);
  }

  private boolean bearable(Target target, long now, boolean claiming) {
    TargetHealth health = estimates.health(target);
    return health.coolingNanos(now) == 0
        || (claiming ? health.claimTrial(now) : health.nanosToTrial(now) == 0);
  }

  private static boolean taken(QuotaReservation wanted) {
    return wanted.quota().take(wanted.tokens()) == null;
  }

  /** Claims what only so many requests can have: the trial of a breaker, a place in a quota. */
  private boolean secured(Target target, @Nullable QuotaReservation wanted, long now) {
    Breaker breaker = estimates.health(target).breaker();
    boolean trial = breaker.kind(now) != Breaker.Kind.CLOSED;
    if (!breaker.claim(now)) {
      return false;
    }
    boolean full = wanted != null && wanted.quota().take(wanted.tokens()) != null;
    if (full && trial) {
      breaker.giveBack(now);
    }
    return !full;
  }

  /** Returns whether {@link #secured} would succeed. */
  private boolean securable(Target target, @Nullable QuotaReservation wanted, long now) {
    return estimates.health(target).breaker().available(now)
        && (wanted == null || wanted.quota().preview(wanted.tokens()) == null);
  }

  /** Fills in the targets that are fit, and tells of the others if that is wanted. */
  private void weigh(
      Candidates fit,
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout,
      @Nullable Warm warm,
      long now,
      @Nullable List<Exclusion> told) {
    fit.clear();
    long output = estimates.expectedOutput(routingRequest);
    List<Target> targets = routingRequest.model().targets();
    for (int i = 0; i < targets.size(); i++) {
      Candidate slot = fit.add(blank);
      estimates.weigh(slot, targets.get(i), i, routingRequest, output, warm, now);
      Reason reason = filters.reason(slot, routingRequest, policyResult, rollout, now);
      if (reason != null) {
        if (told != null) {
          told.add(filters.exclusion(reason, slot, routingRequest, policyResult, rollout, now));
        }
        fit.removeLast();
      }
    }
  }

  /**
   * Returns the refusal of a request that no target is left for. Filters the targets once more, to
   * state the reasons.
   */
  private Decision refuse(
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      @Nullable Rollout rollout,
      @Nullable Warm warm,
      long now) {
    List<Exclusion> told = new ArrayList<>();
    Candidates left = scratch.get();
    weigh(left, routingRequest, policyResult, rollout, warm, now, told);
    for (int i = 0; i < left.size(); i++) { // whose trial another request has claimed meanwhile
      told.add(filters.lost(left.get(i).target(), routingRequest, now));
    }
    return Refusals.of(routingRequest.model(), told);
  }

  private static boolean heard(PolicyResult policyResult) {
    return policyResult.wishes() == PolicyResult.OnWishes.ALLOW;
  }

  private static String strategy(RoutingRequest routingRequest, PolicyResult policyResult) {
    String ruled = policyResult.strategy();
    String wished = heard(policyResult) ? routingRequest.hints().strategy() : null;
    return ruled != null ? ruled : wished != null ? wished : routingRequest.model().strategy();
  }

  /** The target goes first, if it is fit; a note of it when that changed anything. */
  private static String first(Candidates fit, @Nullable String name, String note) {
    int position = name == null ? 0 : position(fit, name);
    if (position <= 0) {
      return "";
    }
    fit.toFront(position);
    return note;
  }

  private static int position(Candidates fit, String name) {
    for (int i = 0; i < fit.size(); i++) {
      if (fit.get(i).target().name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A conversation stays where its prefix is cached, unless moving costs less even so, or the
   * answer would be much faster elsewhere.
   */
  private static String home(Candidates fit, @Nullable Warm warm) {
    int position = warm == null ? 0 : position(fit, warm.target());
    if (position <= 0) {
      return "";
    }
    Candidate best = fit.get(0);
    Candidate home = fit.get(position);
    boolean dearer = home.costNanos() > best.costNanos();
    boolean slow =
        home.seen() && best.seen() && home.expectedNanos() > STAYS_WITHIN * best.expectedNanos();
    boolean unwanted = home.weight() == 0 || !home.target().price().cachesCheaper();
    if (dearer || slow || unwanted) {
      return "";
    }
    fit.toFront(position);
    return CACHED;
  }

  /**
   * Fallbacks that are half open come last, and only if this request is the one that may try them.
   *
   * @return those whose trial was claimed; who does not need it must give it back
   */
  private List<Target> trials(
      Candidates fit, Model model, PolicyResult policyResult, long now, boolean claiming) {
    List<Target> claimed = List.of();
    boolean any = false;
    for (int i = 1; i < fit.size(); i++) {
      boolean closed = kind(fit.get(i), now) == Breaker.Kind.CLOSED;
      fit.get(i).score(closed ? 0 : 1);
      any |= !closed;
    }
    if (!any) {
      return claimed;
    }
    fit.sortByScoreFrom(1);
    int attempts = Math.min(model.plans().attempts(), policyResult.maxAttempts());
    for (int i = 1; i < fit.size(); i++) {
      Target target = fit.get(i).target();
      if (kind(fit.get(i), now) == Breaker.Kind.CLOSED) {
        continue;
      }
      Breaker breaker = estimates.health(target).breaker();
      if (i < attempts && (claiming ? breaker.claim(now) : breaker.available(now))) {
        claimed = claimed.isEmpty() ? new ArrayList<>() : claimed;
        claimed.add(target);
      } else {
        fit.remove(i--);
      }
    }
    return claimed;
  }

  private Breaker.Kind kind(Candidate candidate, long now) {
    return estimates.health(candidate.target()).breaker().kind(now);
  }

  /**
   * Returns the target that gets a copy of the request, or null. A share of the requests is copied,
   * and only if the shadow target is fit and its breaker is closed.
   */
  private @Nullable Target shadow(
      RoutingRequest routingRequest, PolicyResult policyResult, long now) {
    Shadow shadow = routingRequest.model().shadow();
    if (shadow == null || Rendezvous.unit(routingRequest.id(), "shadow") >= shadow.share()) {
      return null;
    }
    Candidate candidate = blank.copy();
    estimates.weigh(
        candidate,
        shadow.target(),
        0,
        routingRequest,
        estimates.expectedOutput(routingRequest),
        null,
        now);
    boolean fit =
        filters.reason(candidate, routingRequest, policyResult, null, now) == null
            && estimates.health(shadow.target()).breaker().kind(now) == Breaker.Kind.CLOSED;
    return fit ? shadow.target() : null;
  }

  /**
   * Takes in the outcome of an attempt, for rollouts.
   *
   * @param latencyNanos time to the answer's headers; negative when there were none
   */
  public void report(Model model, Target target, Outcome outcome, long latencyNanos) {
    Rollout rollout = state.rollouts().of(model.name());
    if (rollout != null && rollout.settings().target().equals(target.name())) {
      rollout.report(outcome, latencyNanos);
    }
  }

  /** Notes that a target has just read a request's prompt, and caches it if it does so at all. */
  public void remember(RoutingRequest routingRequest, Target target) {
    state
        .sessions()
        .note(
            routingRequest.session(),
            target.name(),
            estimates.expectedInput(target, routingRequest.facts()));
  }
}
