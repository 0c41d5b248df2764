package dev.drover.routing;

import dev.drover.admission.AdmissionRequest;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Price;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.HealthConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.dialect.RequestFacts;
import dev.drover.state.affinity.Sessions.Warm;
import dev.drover.state.health.HealthRegistry;
import dev.drover.state.health.HealthSettings;
import dev.drover.state.health.Permit;
import dev.drover.state.health.TargetHealth;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the tokens, the cost and the time of a request at each target, learned from earlier
 * requests. Immutable itself; reads and updates the shared health. Thread-safe, never blocks.
 */
public final class Estimates {
  /** A million dollars: enough to refuse any request, and sums of it stay within a long. */
  private static final long MOST_NANOS = 1_000_000_000_000_000L;

  private static final long MOST_TOKENS = 100_000_000;

  /** Mean errors that the window filter allows for: few estimates are off by more. */
  private static final double MARGIN = 2;

  /** The factor by which one sample may differ from what is known. */
  private static final double MOST_OFF = 2;

  /** Few texts have fewer bytes to a token: random digits have 3, random base64 some 1.5. */
  private static final double FEWEST_BYTES_PER_TOKEN = 2;

  /** The factor by which the vendors' figures for media exceed the estimate at most. */
  private static final long MEDIA_OFF = 3;

  /** Bytes of generated text per token: the usual rule of thumb for English. */
  private static final double OUTPUT_BYTES_PER_TOKEN = 4;

  private final Map<String, TargetHealth> health = new LinkedHashMap<>();
  private final HealthRegistry registry;
  private final HealthSettings fallback;
  private final Ticker ticker;

  private Estimates(HealthRegistry registry, HealthSettings fallback, Ticker ticker) {
    this.registry = registry;
    this.fallback = fallback;
    this.ticker = ticker;
  }

  static Estimates compile(
      GatewayConfig config, Catalog catalog, HealthRegistry registry, Ticker ticker) {
    Estimates estimates = new Estimates(registry, HealthSettings.compile(config.health()), ticker);
    for (Target target : catalog.targets()) {
      TargetConfig c = config.targets().get(target.name());
      HealthConfig judged = c == null || c.health() == null ? config.health() : c.health();
      estimates.health.put(
          target.name(), registry.configure(target.name(), HealthSettings.compile(judged)));
    }
    return estimates;
  }

  /** The health of a target of this ruleset. */
  public TargetHealth health(Target target) {
    TargetHealth found = health.get(target.name());
    if (found == null) {
      throw new IllegalArgumentException("target: " + target + " (expected: one of this ruleset)");
    }
    return found;
  }

  /** The health of a target that may be of another Drover's ruleset only. */
  public TargetHealth healthOfAny(Target target) {
    TargetHealth found = health.get(target.name());
    return found == null ? registry.configure(target.name(), fallback) : found;
  }

  /** Starts an attempt. The permit must be finished exactly once. */
  public Permit begin(Target target, RoutingRequest routingRequest) {
    TargetHealth its = health(target);
    return its.begin(
        expectedNanos(its, routingRequest, expectedOutput(routingRequest), ticker.nanos()),
        routingRequest.origin().caller().identity());
  }

  /** Prompt tokens that a request is expected to have at a target. */
  public long expectedInput(Target target, RequestFacts facts) {
    return untouched(facts) + textInput(target, facts);
  }

  /** Prompt tokens that are no text of the request. */
  private static long untouched(RequestFacts facts) {
    return facts.mediaTokens() + facts.references().tokens();
  }

  private long textInput(Target target, RequestFacts facts) {
    return (long) Math.ceil(facts.promptBytes() / health(target).bytesPerToken().mean());
  }

  /** Prompt tokens that it will hardly exceed there: the surer the estimate, the nearer to it. */
  public long mostInput(Target target, RequestFacts facts) {
    double margin = 1 + MARGIN * health(target).estimateError().mean();
    return untouched(facts) + (long) Math.ceil(textInput(target, facts) * margin);
  }

  /**
   * Tokens of the answer: the smaller of the client's bound and the learned mean, for each answer
   * asked for.
   */
  public long expectedOutput(RoutingRequest routingRequest) {
    RequestFacts facts = routingRequest.facts();
    if (!facts.operation().generates()) {
      return 0;
    }
    double mean =
        registry.outputTokens(
            routingRequest.model().name(), facts.operation().name(), routingRequest.task());
    double bound =
        facts.maxOutputTokens() >= 0 ? (double) facts.maxOutputTokens() : Double.MAX_VALUE;
    return (long) Math.ceil(Math.min(bound, mean) * facts.choices());
  }

  /**
   * Tokens of generated text that nobody counted.
   *
   * @param bytes of it, as written in JSON
   */
  public static long textTokens(long bytes) {
    return (long) Math.ceil(bytes / OUTPUT_BYTES_PER_TOKEN);
  }

  /**
   * Tokens that a target is expected to have reasoned unseen before an answer's text, as far as the
   * client's bound leaves room for them.
   *
   * @param text tokens of the text
   */
  public long unseenOutput(Target target, RequestFacts facts, long text) {
    double unseen = health(target).unseenTokens().mean() * facts.choices();
    double room =
        facts.maxOutputTokens() < 0
            ? unseen
            : (double) facts.maxOutputTokens() * facts.choices() - text;
    return (long) Math.max(0, Math.min(unseen, room));
  }

  /** Sets a candidate's figures. */
  void weigh(
      Candidate slot,
      Target target,
      int index,
      RoutingRequest routingRequest,
      long output,
      @Nullable Warm warm,
      long now) {
    TargetHealth targetHealth = health(target);
    long input = expectedInput(target, routingRequest.facts());
    long cached =
        warm == null || !warm.target().equals(target.name()) ? 0 : Math.min(warm.tokens(), input);
    slot.set(
        target,
        index,
        priceOf(target, routingRequest).expectedNanos(input, cached, output),
        expectedNanos(targetHealth, routingRequest, output, now),
        targetHealth.breaker().failedShare(now),
        (double) targetHealth.inFlight() / target.capacity(),
        routingRequest.model().weights().getOrDefault(target.name(), 1),
        cached);
  }

  /** Returns the price of the tier that a request asks for, where a target gets to know it. */
  private static Price priceOf(Target target, RoutingRequest routingRequest) {
    return target.price().in(routingRequest.tierAt(target));
  }

  /** A provider may serve in the usual tier all the same. */
  private static long mostNanos(Price price, Target target, long input, long output) {
    return Math.max(price.mostNanos(input, output), target.price().mostNanos(input, output));
  }

  private static long expectedNanos(
      TargetHealth health, RoutingRequest routingRequest, long output, long now) {
    long learned =
        health.times().expectedNanos(routingRequest.facts().stream(), (double) output, now);
    return learned < 0 ? learned : (long) (learned * health.slowdown(now));
  }

  /**
   * The most tokens and money that a request may take, over all attempts that are billed: the
   * response at the dearest target, twice where the model hedges, and the prompt at each other
   * target.
   *
   * @param times the number of targets that may be paid for a whole response
   */
  public AdmissionRequest.Bound bound(RoutingRequest routingRequest, int times) {
    long tokens = 0; // of prompts at all targets, and more where it is a whole response
    long cost = 0;
    long moreTokens = 0;
    long moreCost = 0;
    for (Target target : routingRequest.model().targets()) {
      if (target.enabled()) {
        long input = upperInput(target, routingRequest.facts());
        long output = upperOutput(target, routingRequest.facts());
        Price price = priceOf(target, routingRequest);
        long prompt = Math.min(MOST_NANOS, mostNanos(price, target, input, 0));
        long whole = Math.min(MOST_NANOS, mostNanos(price, target, input, output));
        tokens += input;
        cost += prompt;
        moreTokens = Math.max(moreTokens, (times - 1) * input + times * output);
        moreCost = Math.max(moreCost, times * whole - prompt);
      }
    }
    return new AdmissionRequest.Bound(tokens + moreTokens, cost + moreCost);
  }

  /**
   * Prompt tokens that a request will not exceed. What earlier requests taught can be arranged by
   * their caller, so the bytes bound it as well.
   */
  private long upperInput(Target target, RequestFacts facts) {
    long byBytes = (long) Math.ceil(facts.promptBytes() / FEWEST_BYTES_PER_TOKEN);
    long bound =
        Math.max(
            mostInput(target, facts),
            facts.mediaTokens() * MEDIA_OFF + facts.references().tokens() + byBytes);
    return facts.references().others() ? Math.max(bound, target.contextWindow()) : bound;
  }

  private static long upperOutput(Target target, RequestFacts facts) {
    if (!facts.operation().generates()) {
      return 0;
    }
    long bound = facts.maxOutputTokens();
    return (bound >= 0 ? bound : target.defaultOutputBound()) * facts.choices();
  }

  /** Tokens of prompt and answer that it is expected to have at a target. */
  public long expectedTokens(Target target, RoutingRequest routingRequest) {
    return expectedInput(target, routingRequest.facts()) + expectedOutput(routingRequest);
  }

  /**
   * Returns the expected cost at the most expensive enabled target of the model, in nano-dollars.
   */
  public long mostCostNanos(RoutingRequest routingRequest) {
    long most = 0;
    long output = expectedOutput(routingRequest);
    for (Target target : routingRequest.model().targets()) {
      if (target.enabled()) {
        long input = expectedInput(target, routingRequest.facts());
        Price price = priceOf(target, routingRequest);
        most = Math.max(most, Math.min(MOST_NANOS, price.expectedNanos(input, 0, output)));
      }
    }
    return most;
  }

  /**
   * Takes in what a complete answer taught about token counts.
   *
   * @param outputBytes of its text, as written in JSON; negative when it was not seen
   */
  public void learn(RoutingRequest routingRequest, Target target, Usage usage, long outputBytes) {
    long now = ticker.nanos();
    if (usage.input() > MOST_TOKENS || usage.output() > MOST_TOKENS) {
      return; // no model has such a window: the provider is mistaken
    }
    RequestFacts facts = routingRequest.facts();
    boolean stated = usage.status() == Usage.Status.COMPLETE && usage.input() > 0;
    boolean onlyText = facts.mediaTokens() == 0 && !facts.references().any();
    if (stated && facts.promptBytes() > 0 && onlyText) {
      learnText(health(target), facts.promptBytes(), usage.input(), now);
    }
    if (outputBytes >= 0) {
      double beyond = (double) (usage.output() - textTokens(outputBytes));
      health(target)
          .unseenTokens()
          .add(Math.clamp(beyond, 0, (double) usage.reasoning()) / facts.choices(), now);
    }
    registry.answered(
        routingRequest.model().name(),
        facts.operation().name(),
        routingRequest.task(),
        (double) usage.output() / facts.choices(),
        now);
  }

  /**
   * Only text teaches how many bytes make a token. One sample moves the mean like one that is off
   * by {@value #MOST_OFF} at most: what the provider counted may not be what was sent.
   */
  private static void learnText(TargetHealth health, int promptBytes, long input, long now) {
    double mean = health.bytesPerToken().mean();
    double off = Math.abs(promptBytes / mean - input);
    health.estimateError().add(Math.min(1, off / input), now);
    double sample = (double) promptBytes / input;
    health.bytesPerToken().add(Math.clamp(sample, mean / MOST_OFF, mean * MOST_OFF), now);
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
}
