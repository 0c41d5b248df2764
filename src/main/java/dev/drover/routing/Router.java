package dev.drover.routing;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Plan;
import dev.drover.catalog.Shadow;
import dev.drover.catalog.Target;
import dev.drover.config.GatewayConfig;
import dev.drover.routing.affinity.Sessions.Warm;
import dev.drover.routing.health.Breaker;
import dev.drover.routing.health.Outcome;
import dev.drover.routing.policy.Facts;
import dev.drover.routing.policy.Policies;
import dev.drover.routing.policy.PolicyFailure;
import dev.drover.routing.policy.Verdict;
import dev.drover.routing.rollout.Rollout;
import dev.drover.routing.strategy.Rendezvous;
import dev.drover.routing.strategy.Strategies;
import dev.drover.routing.task.Tasks;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a request goes: asks the policies, filters the model's targets, ranks the rest,
 * lets affinity, rollout and preference have their say, and names the plan. Immutable itself; reads
 * shared memory. Thread-safe, never blocks.
 */
public final class Router {
  /** How much slower than the best the target may be that a conversation stays at. */
  private static final int STAYS_WITHIN = 2;

  private final Policies policies;
  private final Filters filters;
  private final Estimates estimates;
  private final Memory memory;
  private final Ticker ticker;
  private final InstantSource wall;

  private Router(
      Policies policies,
      Filters filters,
      Estimates estimates,
      Memory memory,
      Ticker ticker,
      InstantSource wall) {
    this.policies = policies;
    this.filters = filters;
    this.estimates = estimates;
    this.memory = memory;
    this.ticker = ticker;
    this.wall = wall;
  }

  /**
   * Compiles the router of a ruleset.
   *
   * @param memory the history, which outlives this router and takes the config's settings up
   */
  public static Router compile(
      GatewayConfig config,
      Catalog catalog,
      Tasks tasks,
      Memory memory,
      Ticker ticker,
      InstantSource wall) {
    memory.sessions().configure(config.affinity());
    memory.rollouts().configure(config);
    Estimates estimates = Estimates.compile(config, catalog, memory.health(), ticker);
    return new Router(
        Policies.compile(config.policies()),
        new Filters(tasks, memory.switches(), estimates),
        estimates,
        memory,
        ticker,
        wall);
  }

  /** What requests are expected to be. */
  public Estimates estimates() {
    return estimates;
  }

  /** Decides one request; claims the trial when the plan's primary is half open. */
  public Decision decide(Ask ask) {
    Verdict verdict;
    try {
      Target first = ask.model().targets().getFirst();
      verdict = policies.judge(new Facts(ask, estimates.expectedInput(first, ask.facts()), wall));
    } catch (PolicyFailure e) {
      return Refusals.failed(e);
    }
    boolean overruled =
        verdict.wishes() == Verdict.OnWishes.REFUSE
            && (ask.wishes().strategy() != null || ask.wishes().prefer() != null);
    if (overruled || !verdict.allowsModel(ask.model().name())) {
      return Refusals.denied(ask, verdict, overruled);
    }
    return choose(ask, verdict);
  }

  private Decision choose(Ask ask, Verdict verdict) {
    long now = ticker.nanos();
    Rollout rollout = memory.rollouts().of(ask.model().name());
    Warm warm = memory.sessions().find(ask.session());
    List<Candidate> candidates = new ArrayList<>();
    List<Exclusion> excluded = new ArrayList<>();
    for (Target target : ask.model().targets()) {
      Candidate candidate = estimates.candidate(target, ask, warm, now);
      Exclusion exclusion = filters.exclude(candidate, ask, verdict, rollout, now);
      if (exclusion == null) {
        candidates.add(candidate);
      } else {
        excluded.add(exclusion);
      }
    }
    if (candidates.isEmpty()) {
      return Refusals.of(ask.model(), excluded);
    }
    String strategy = strategy(ask, verdict);
    List<Candidate> ranked = Strategies.named(strategy).rank(candidates, ask.key());
    Order order = new Order(ranked, "");
    order = home(order, warm);
    order = first(order, rollout == null ? null : rollout.settings().target(), "rollout");
    order = first(order, heard(verdict) ? ask.wishes().prefer() : null, "preferred by the client");
    Grounds grounds =
        new Grounds(
            ask.task(),
            strategy,
            verdict.policy(),
            verdict.tags(),
            verdict.explain() && ask.wishes().explain(),
            order.notes);
    return forward(ask, order, excluded, verdict.maxAttempts(), grounds, now);
  }

  private static boolean heard(Verdict verdict) {
    return verdict.wishes() == Verdict.OnWishes.ALLOW;
  }

  private static String strategy(Ask ask, Verdict verdict) {
    String ruled = verdict.strategy();
    String wished = heard(verdict) ? ask.wishes().strategy() : null;
    return ruled != null ? ruled : wished != null ? wished : ask.model().strategy();
  }

  /**
   * Candidates, best first.
   *
   * @param notes what moved one to the front
   */
  private record Order(List<Candidate> ranked, String notes) {
    Order front(Candidate candidate, String note) {
      List<Candidate> moved = new ArrayList<>(ranked.size());
      moved.add(candidate);
      ranked.stream().filter(other -> !other.equals(candidate)).forEach(moved::add);
      return new Order(moved, notes.isEmpty() ? note : notes + "; " + note);
    }
  }

  /** The target goes first, if it is fit. */
  private static Order first(Order order, @Nullable String name, String note) {
    if (name == null || order.ranked.getFirst().target().name().equals(name)) {
      return order;
    }
    return order.ranked.stream()
        .filter(candidate -> candidate.target().name().equals(name))
        .findFirst()
        .map(candidate -> order.front(candidate, note))
        .orElse(order);
  }

  /**
   * A conversation stays where its prefix is cached, unless moving costs less even so, or the
   * answer would be much faster elsewhere.
   */
  private Order home(Order order, @Nullable Warm warm) {
    if (warm == null) {
      return order;
    }
    Candidate best = order.ranked.getFirst();
    for (Candidate home : order.ranked) {
      if (!home.equals(best) && home.target().name().equals(warm.target())) {
        boolean dearer = home.expectedCost().compareTo(best.expectedCost()) > 0;
        boolean slow =
            home.seen()
                && best.seen()
                && home.expectedNanos() > STAYS_WITHIN * best.expectedNanos();
        return dearer || slow || !home.target().price().cachesCheaper()
            ? order
            : order.front(home, "%d tokens cached there".formatted(home.cachedTokens()));
      }
    }
    return order;
  }

  private Decision forward(
      Ask ask, Order order, List<Exclusion> excluded, int maxAttempts, Grounds grounds, long now) {
    List<Candidate> left = new ArrayList<>(order.ranked);
    while (!left.isEmpty() && !estimates.health(left.getFirst().target()).breaker().claim(now)) {
      excluded.add(filters.breakerOpen(left.removeFirst().target(), now));
    }
    if (left.isEmpty()) {
      return Refusals.of(ask.model(), excluded);
    }
    Plan plan = ask.model().plans().plan(healthyFirst(left, now)).atMost(maxAttempts);
    return new Decision.Forward(plan, left, excluded, grounds, shadow(ask, now));
  }

  /** Who gets a copy of the request: by share, and only if fit for it. */
  private @Nullable Target shadow(Ask ask, long now) {
    Shadow shadow = ask.model().shadow();
    if (shadow == null || Rendezvous.unit("shadow\n" + ask.id()) >= shadow.share()) {
      return null;
    }
    Candidate candidate = estimates.candidate(shadow.target(), ask, null, now);
    boolean fit =
        filters.exclude(candidate, ask, Verdict.OPEN, null, now) == null
            && estimates.health(shadow.target()).breaker().claim(now);
    return fit ? shadow.target() : null;
  }

  /** Fallbacks on trial come last: only the primary of a plan has claimed its trial. */
  private List<Target> healthyFirst(List<Candidate> ranked, long now) {
    List<Target> order = new ArrayList<>(ranked.stream().map(Candidate::target).toList());
    order
        .subList(1, order.size())
        .sort(
            Comparator.comparing(
                target -> estimates.health(target).breaker().kind(now) != Breaker.Kind.CLOSED));
    return order;
  }

  /**
   * Takes in the outcome of an attempt, for rollouts.
   *
   * @param latencyNanos time to the answer's headers; negative when there were none
   */
  public void report(Model model, Target target, Outcome outcome, long latencyNanos) {
    Rollout rollout = memory.rollouts().of(model.name());
    if (rollout != null && rollout.settings().target().equals(target.name())) {
      rollout.report(outcome, latencyNanos);
    }
  }

  /** Notes that a target has just read a request's prompt, and caches it if it does so at all. */
  public void remember(Ask ask, Target target) {
    memory
        .sessions()
        .note(ask.session(), target.name(), estimates.expectedInput(target, ask.facts()));
  }
}
