package dev.drover.routing;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.health.BreakerSettings;
import dev.drover.routing.health.HealthRegistry;
import dev.drover.routing.health.TargetHealth;
import dev.drover.routing.strategy.Strategies;
import dev.drover.types.Capability;
import dev.drover.types.NanoDollars;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a request goes: filters the model's targets, ranks the rest by the model's
 * strategy, and names the plan. Immutable itself; reads shared health. Thread-safe, never blocks.
 */
public final class Router {
  private static final long MOST_TOKENS = 100_000_000;

  private final Map<String, TargetHealth> health = new LinkedHashMap<>();
  private final HealthRegistry registry;
  private final Ticker ticker;

  private Router(HealthRegistry registry, Ticker ticker) {
    this.registry = registry;
    this.ticker = ticker;
  }

  /**
   * Compiles the router of a ruleset.
   *
   * @param registry the history, which outlives this router
   */
  public static Router compile(
      Catalog catalog, BreakerSettings settings, HealthRegistry registry, Ticker ticker) {
    Router router = new Router(registry, ticker);
    for (Target target : catalog.targets()) {
      router.health.put(target.name(), registry.configure(target.name(), settings));
    }
    return router;
  }

  /**
   * Decides one request; claims the trial when the plan's primary is half open.
   *
   * @param wishes what the client asks of the choice
   */
  public Decision decide(Model model, RequestFacts facts, Wishes wishes) {
    long now = ticker.nanos();
    List<Candidate> candidates = new ArrayList<>();
    List<Exclusion> excluded = new ArrayList<>();
    for (Target target : model.targets()) {
      Candidate candidate = candidate(target, model, facts, now);
      Exclusion exclusion = exclude(candidate, facts, wishes, now);
      if (exclusion == null) {
        candidates.add(candidate);
      } else {
        excluded.add(exclusion);
      }
    }
    if (candidates.isEmpty()) {
      return Refusals.of(model, excluded);
    }
    String strategy = wishes.strategy() == null ? model.strategy() : wishes.strategy();
    List<Candidate> ranked = Strategies.named(strategy).rank(candidates, wishes.key());
    return forward(model, preferred(ranked, wishes), excluded, now);
  }

  /** The health of a target of this router's catalog. */
  public TargetHealth health(Target target) {
    TargetHealth found = health.get(target.name());
    if (found == null) {
      throw new IllegalArgumentException("target: " + target + " (expected: one of this ruleset)");
    }
    return found;
  }

  /** Takes in what a complete answer taught about token counts. */
  public void learn(Model model, Target target, RequestFacts facts, Usage usage) {
    long now = ticker.nanos();
    if (usage.input() > MOST_TOKENS || usage.output() > MOST_TOKENS) {
      return; // no model has such a window: the provider is mistaken
    }
    if (usage.input() > 0
        && facts.promptBytes() > 0
        && !facts.needs().contains(Capability.VISION)) {
      health(target).bytesPerToken().add((double) facts.promptBytes() / usage.input(), now);
    }
    registry
        .outputTokens(model.name(), facts.endpoint().operation())
        .add((double) usage.output() / facts.choices(), now);
  }

  /**
   * Takes in how long a good answer took.
   *
   * @param firstByteNanos from the attempt's start to the first byte of the body
   * @param totalNanos from the attempt's start to the last
   */
  public void observe(
      Target target, RequestFacts facts, long firstByteNanos, long totalNanos, long outputTokens) {
    long now = ticker.nanos();
    if (facts.stream()) {
      health(target).times().streamed(firstByteNanos, totalNanos, outputTokens, now);
    } else {
      health(target).times().answered(totalNanos, now);
    }
  }

  /** Prompt tokens that a request is expected to have at a target. */
  public long expectedInput(Target target, RequestFacts facts) {
    return (long) Math.ceil(facts.promptBytes() / health(target).bytesPerToken().mean());
  }

  private Decision forward(
      Model model, List<Candidate> ranked, List<Exclusion> excluded, long now) {
    List<Candidate> left = new ArrayList<>(ranked);
    while (!left.isEmpty() && !health(left.getFirst().target()).breaker().claim(now)) {
      excluded.add(breakerOpen(left.removeFirst().target(), now));
    }
    if (left.isEmpty()) {
      return Refusals.of(model, excluded);
    }
    List<Target> order = left.stream().map(Candidate::target).toList();
    return new Decision.Forward(model.plans().plan(order), left, excluded);
  }

  /** The target that the client prefers goes first, if it is fit. */
  private static List<Candidate> preferred(List<Candidate> ranked, Wishes wishes) {
    List<Candidate> order = new ArrayList<>(ranked);
    order.sort(Comparator.comparing((Candidate c) -> !c.target().name().equals(wishes.prefer())));
    return order;
  }

  private @Nullable Exclusion exclude(
      Candidate candidate, RequestFacts facts, Wishes wishes, long now) {
    Target target = candidate.target();
    if (!target.enabled()) {
      return new Exclusion(target, Reason.SWITCHED_OFF, "", 0);
    }
    if (target.provider().credential() != null && target.provider().credential().value() == null) {
      return new Exclusion(
          target, Reason.NO_CREDENTIAL, target.provider().credential().toString(), 0);
    }
    Set<Capability> missing = new TreeSet<>(facts.needs());
    missing.removeAll(target.supports());
    if (!missing.isEmpty()) {
      return new Exclusion(target, Reason.LACKS_CAPABILITY, labels(missing), 0);
    }
    long tokens = expectedInput(target, facts) + Math.max(0, facts.maxOutputTokens());
    if (target.contextWindow() > 0 && tokens > target.contextWindow()) {
      return new Exclusion(
          target,
          Reason.WINDOW_EXCEEDED,
          "%d tokens; window %d".formatted(tokens, target.contextWindow()),
          0);
    }
    NanoDollars cap = wishes.maxCost();
    if (cap != null && candidate.expectedCost().compareTo(cap) > 0) {
      return new Exclusion(
          target,
          Reason.OVER_COST_CAP,
          candidate.expectedCost() + " USD expected; cap " + cap + " USD",
          0);
    }
    TargetHealth targetHealth = health(target);
    if (!targetHealth.breaker().available(now)) {
      return breakerOpen(target, now);
    }
    long cooling = targetHealth.coolingNanos(now);
    return cooling > 0
        ? new Exclusion(target, Reason.COOLING_DOWN, Refusals.seconds(cooling) + " s", cooling)
        : null;
  }

  private Exclusion breakerOpen(Target target, long now) {
    long wait = health(target).breaker().nanosToTrial(now);
    return new Exclusion(
        target, Reason.BREAKER_OPEN, Refusals.seconds(wait) + " s to the next trial", wait);
  }

  private static String labels(Set<Capability> capabilities) {
    return capabilities.stream().map(Capability::label).collect(Collectors.joining(", "));
  }

  private Candidate candidate(Target target, Model model, RequestFacts facts, long now) {
    TargetHealth targetHealth = health(target);
    long output = expectedOutput(model, facts);
    return new Candidate(
        target,
        target.price().cost(Usage.estimated(expectedInput(target, facts), output)),
        targetHealth.times().expectedNanos(facts.stream(), (double) output, now),
        targetHealth.breaker().failedShare(now),
        (double) targetHealth.inFlight() / target.capacity(),
        model.weights().getOrDefault(target.name(), 1));
  }

  /** The smaller of the client's bound and the learned mean, for each answer asked for. */
  private long expectedOutput(Model model, RequestFacts facts) {
    if (!facts.endpoint().generates()) {
      return 0;
    }
    double mean = registry.outputTokens(model.name(), facts.endpoint().operation()).mean();
    double bound =
        facts.maxOutputTokens() >= 0 ? (double) facts.maxOutputTokens() : Double.MAX_VALUE;
    return (long) Math.ceil(Math.min(bound, mean) * facts.choices());
  }
}
