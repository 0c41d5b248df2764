package dev.drover.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.dialect.RequestFacts;
import dev.drover.record.Outcome;
import dev.drover.routing.task.Tasks;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.Permit;
import dev.drover.state.health.TargetHealth;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.testing.Requests;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A field report's benchmark on virtual time: four targets whose latencies are log-normal with the
 * report's mean and P95, and which fail as often as it says; a failure takes as long as an answer.
 * 10 requests a second, up to 3 attempts each.
 */
class SimulationTest {
  private static final int REQUESTS = 10_000;
  private static final Duration BETWEEN = Duration.ofMillis(100);
  private static final int ATTEMPTS = 3;

  /** How a target behaves: log-normal latency and a rate of success. */
  private record Behaviour(double mu, double sigma, double success) {
    /** From mean and P95 in milliseconds: mu + sigma^2/2 = ln mean, mu + 1.645 sigma = ln P95. */
    static Behaviour of(double mean, double p95, double success) {
      double d = Math.log(p95 / mean);
      double sigma = 1.645 - Math.sqrt(1.645 * 1.645 - 2 * d);
      return new Behaviour(Math.log(mean) - sigma * sigma / 2, sigma, success);
    }

    Behaviour slower(double factor) {
      return new Behaviour(mu + Math.log(factor), sigma, success);
    }

    long nanos(RandomGenerator random) {
      return (long) (Math.exp(mu + sigma * random.nextGaussian()) * 1e6);
    }
  }

  private static final Usage ANSWER = new Usage(Usage.Status.COMPLETE, 500, 0, 0, 0, 300, 0, 0);

  /** Something that happens later. */
  private record Event(long atNanos, Runnable action) {}

  private static final String TARGETS =
      """
      version: 1
      currencies: { CNY: 0.14 }
      providers: { p: { base_url: "https://p.example/v1" } }
      targets:
        gpt-4.1: { provider: p, model: gpt-4.1, price: { input: 8.00, output: 8.00 } }
        gemini: { provider: p, model: gemini-2.0-flash, price: { input: 2.50, output: 2.50 } }
        deepseek: { provider: p, model: deepseek-v3.2, price: { input: 0.42, output: 0.42 } }
        moonshot: { provider: p, model: moonshot-v1, price: { currency: CNY, input: 15, output: 15 } }
      models:
        chat: { targets: [gpt-4.1, gemini, deepseek, moonshot], strategy: STRATEGY, max_attempts: 3 }
      """;

  /** One run of the simulation. */
  private static final class Run {
    final FakeTicker time = new FakeTicker();
    final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);
    final Map<String, Behaviour> behaviours = new HashMap<>();
    final Catalog catalog;
    final Router router;
    final RequestFacts facts = facts();
    final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingLong(Event::atNanos));
    final long[] latencies = new long[REQUESTS];
    final String[] answeredBy = new String[REQUESTS];
    final String[] firstTried = new String[REQUESTS];
    long hedgeAfterNanos;
    int succeeded;
    int attempts;
    int secondAttempts;
    long costNanos;

    Run(String strategy) {
      this(strategy, "");
    }

    Run(String strategy, String more) {
      behaviours.put("gpt-4.1", Behaviour.of(1247, 2100, 0.942));
      behaviours.put("gemini", Behaviour.of(312, 580, 0.987));
      behaviours.put("deepseek", Behaviour.of(425, 780, 0.991));
      behaviours.put("moonshot", Behaviour.of(389, 710, 0.975));
      var config = Configs.load(TARGETS.replace("STRATEGY", strategy) + more);
      catalog = Configs.catalog(config);
      InstantSource wall = () -> Instant.ofEpochSecond(0, time.nanos());
      router =
          Router.compile(
              config,
              catalog,
              Tasks.compile(config.tasks()),
              RuntimeState.fresh(time, wall),
              time,
              wall);
    }

    Run play(int requests, Duration between) {
      for (int i = 0; i < requests; i++) {
        int number = i;
        events.add(new Event(time.nanos() + between.toNanos() * (i + 1), () -> start(number)));
      }
      while (!events.isEmpty()) {
        Event next = events.remove();
        time.advance(Duration.ofNanos(Math.max(0, next.atNanos - time.nanos())));
        next.action.run();
      }
      return this;
    }

    private void start(int number) {
      Decision decision = router.decide(ask("request-" + number));
      if (decision instanceof Decision.Forward forward) {
        firstTried[number] = forward.plan().primary().name();
        if (hedgeAfterNanos > 0) {
          new Race(number, forward, time.nanos()).next();
        } else {
          attempt(number, forward, 0, time.nanos());
        }
      }
    }

    /** A hedged exchange: attempts that run beside each other until one answers. */
    private final class Race {
      private final int number;
      private final Decision.Forward forward;
      private final long startedNanos;
      private final Map<Target, Permit> running = new HashMap<>();
      private int begun;
      private boolean won;

      Race(int number, Decision.Forward forward, long startedNanos) {
        this.number = number;
        this.forward = forward;
        this.startedNanos = startedNanos;
      }

      void next() {
        if (won || begun == Math.min(ATTEMPTS, forward.plan().targets().size())) {
          return;
        }
        Target target = forward.plan().targets().get(begun++);
        int mine = begun;
        Permit permit = router.estimates().begin(target, ask("request-" + number));
        running.put(target, permit);
        attempts++;
        Behaviour behaviour = behaviour(target);
        long takes = behaviour.nanos(random);
        boolean good = random.nextDouble() < behaviour.success;
        events.add(new Event(time.nanos() + takes, () -> ended(target, takes, good)));
        events.add(
            new Event(
                time.nanos() + hedgeAfterNanos,
                () -> {
                  if (mine == begun && running.containsKey(target)) {
                    next();
                  }
                }));
      }

      private void ended(Target target, long takes, boolean good) {
        Permit permit = running.remove(target);
        if (won || permit == null) {
          return;
        }
        permit.finish(good ? Outcome.SUCCESS : Outcome.FAILURE, takes);
        if (good) {
          won = true;
          running.forEach(
              (loser, itsPermit) -> {
                itsPermit.finish(Outcome.OUTRUN, -1);
                costNanos += loser.price().cost(ANSWER).value();
              });
          succeed(number, target, takes, startedNanos);
        } else if (running.isEmpty()) {
          next();
        }
      }
    }

    private Behaviour behaviour(Target target) {
      return Objects.requireNonNull(behaviours.get(target.name()));
    }

    private void attempt(int number, Decision.Forward forward, int index, long startedNanos) {
      Target target = forward.plan().targets().get(index);
      Behaviour behaviour = behaviour(target);
      Permit permit = router.estimates().begin(target, ask("request-" + number));
      long takes = behaviour.nanos(random);
      boolean good = random.nextDouble() < behaviour.success;
      secondAttempts += index == 1 ? 1 : 0;
      attempts++;
      events.add(
          new Event(
              time.nanos() + takes,
              () -> {
                permit.finish(good ? Outcome.SUCCESS : Outcome.FAILURE, takes);
                if (good) {
                  succeed(number, target, takes, startedNanos);
                } else if (index + 1 < Math.min(ATTEMPTS, forward.plan().targets().size())) {
                  attempt(number, forward, index + 1, startedNanos);
                }
              }));
    }

    private void succeed(int number, Target target, long takes, long startedNanos) {
      router.estimates().learn(ask("request-" + number), target, ANSWER, 4 * ANSWER.output());
      router.estimates().observe(target, facts, takes, takes, ANSWER.output());
      succeeded++;
      latencies[number] = time.nanos() - startedNanos;
      answeredBy[number] = target.name();
      costNanos += target.price().cost(ANSWER).value();
    }

    double mean() {
      return Arrays.stream(latencies).filter(nanos -> nanos > 0).average().orElse(0) / 1e6;
    }

    double p95() {
      long[] sorted = Arrays.stream(latencies).filter(nanos -> nanos > 0).sorted().toArray();
      return sorted[(int) Math.ceil(sorted.length * 0.95) - 1] / 1e6;
    }

    /** Share of a target among the first choices of some requests. */
    double share(String target, int from, int to) {
      return Arrays.stream(firstTried, from, to).filter(target::equals).count()
          / (double) (to - from);
    }

    /** Cost over that of sending everything to GPT-4.1. */
    double costShare() {
      Target dearest = Objects.requireNonNull(catalog.target("gpt-4.1"));
      NanoDollars dear = dearest.price().cost(ANSWER);
      return (double) costNanos / (dear.value() * (double) succeeded);
    }

    private RoutingRequest ask(String id) {
      return Requests.ask(id, catalog.model("chat"), facts);
    }

    private static RequestFacts facts() {
      return Requests.facts(
          "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\""
              + "x".repeat(1950)
              + "\"}]}");
    }
  }

  private static Run run(String strategy) {
    return new Run(strategy).play(REQUESTS, BETWEEN);
  }

  @Test
  void distributions_areThoseOfTheReport() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    long[] drawn = new long[100_000];
    Arrays.setAll(drawn, _ -> Behaviour.of(312, 580, 1).nanos(random));
    Arrays.sort(drawn);
    assertThat(Arrays.stream(drawn).average().orElseThrow() / 1e6).isBetween(309.0, 315.0);
    assertThat(drawn[95_000] / 1e6).isBetween(570.0, 590.0);
  }

  @Test
  void latencyOptimal_isNearlyAsFastAsTheFastest_andFarMoreReliable() {
    Run run = run("latency-optimal");
    assertThat(run.succeeded).isGreaterThanOrEqualTo(9995);
    assertThat(run.mean()).isLessThanOrEqualTo(312 * 1.05);
    assertThat(run.p95()).isLessThanOrEqualTo(580 * 1.07);
  }

  @Test
  void costOptimal_costsATenthOfGptAtMost() {
    Run run = run("cost-optimal");
    assertThat(run.succeeded).isGreaterThanOrEqualTo(9995);
    assertThat(run.costShare()).isLessThanOrEqualTo(0.10);
  }

  @Test
  void balanced_isNearTheBestInBoth() {
    Run run = run("balanced");
    assertThat(run.succeeded).isGreaterThanOrEqualTo(9995);
    assertThat(run.mean()).isLessThanOrEqualTo(312 * 1.5);
    assertThat(run.costShare()).isLessThanOrEqualTo(0.42 / 8 * 1.5);
  }

  @Test
  void brownOut_movesTrafficAway() {
    for (String strategy : new String[] {"latency-optimal", "balanced"}) {
      Run run = new Run(strategy);
      run.play(2000, BETWEEN);
      String used = run.firstTried[1999];
      run.behaviours.computeIfPresent(used, (_, behaviour) -> behaviour.slower(10));
      Arrays.fill(run.firstTried, null);
      run.play(400, BETWEEN);
      assertThat(run.share(used, 20, 400)).as(strategy).isLessThan(0.05);
    }
  }

  @Test
  void equalTargets_shareTheTraffic() {
    Run run = new Run("latency-optimal");
    run.behaviours.replaceAll(
        (name, _) ->
            name.equals("gemini") || name.equals("moonshot")
                ? Behaviour.of(312, 580, 1)
                : Behaviour.of(3000, 5000, 1));
    run.play(REQUESTS, BETWEEN);
    for (int from = 0; from + 1000 <= REQUESTS; from += 100) {
      double gemini = run.share("gemini", from, from + 1000);
      double moonshot = run.share("moonshot", from, from + 1000);
      assertThat(Math.min(gemini, moonshot))
          .as("requests from " + from)
          .isGreaterThanOrEqualTo(0.35);
    }
  }

  /** Probes as the prober does them, once a second. */
  private static void withProbes(Run run, int seconds) {
    for (int second = 1; second <= seconds; second++) {
      long at = run.time.nanos() + Duration.ofSeconds(second).toNanos();
      run.events.add(new Event(at, () -> probe(run)));
    }
  }

  private static void probe(Run run) {
    for (Target target : run.catalog.targets()) {
      TargetHealth health = run.router.estimates().health(target);
      if (health.probeDue(run.time.nanos())) {
        boolean up = run.behaviour(target).success > 0;
        health.probed(up ? Outcome.SUCCESS : Outcome.FAILURE, run.time.nanos());
      }
    }
  }

  @Test
  void outage_isOverWithinHalfAMinute_withProbes() {
    Run run = new Run("cost-optimal", "health: { probe: models }\n");
    run.behaviours.replaceAll((_, b) -> new Behaviour(b.mu, b.sigma, 1));
    run.play(600, BETWEEN);
    Behaviour well = run.behaviours.get("deepseek");
    run.behaviours.put("deepseek", new Behaviour(Math.log(20), 0.1, 0));
    withProbes(run, 60);
    run.play(600, BETWEEN);
    run.behaviours.put("deepseek", well);
    Arrays.fill(run.firstTried, null);
    withProbes(run, 60);
    run.play(600, BETWEEN);
    assertThat(run.share("deepseek", 300, 600)).isEqualTo(1);
  }

  @Test
  void outage_costsFewSecondAttempts_andEndsWithAShareAgain() {
    Run run = new Run("cost-optimal");
    run.behaviours.replaceAll((_, b) -> new Behaviour(b.mu, b.sigma, 1));
    run.play(600, BETWEEN);
    assertThat(run.share("deepseek", 500, 600)).isEqualTo(1);
    int before = run.secondAttempts;
    Behaviour well = run.behaviours.get("deepseek");
    run.behaviours.put("deepseek", new Behaviour(Math.log(20), 0.1, 0));
    Arrays.fill(run.firstTried, null);
    run.play(600, BETWEEN);
    assertThat(run.secondAttempts - before).isLessThanOrEqualTo(10);
    run.behaviours.put("deepseek", well);
    Arrays.fill(run.firstTried, null);
    run.play(1500, BETWEEN);
    assertThat(run.share("deepseek", 900, 1500))
        .as("within one open period of 60 s and 30 s")
        .isEqualTo(1);
  }

  private static Run hedged(String strategy, int millis) {
    Run run = new Run(strategy);
    run.hedgeAfterNanos = Duration.ofMillis(millis).toNanos();
    return run.play(REQUESTS, BETWEEN);
  }

  /** One row of the README's table. */
  private static String row(String name, Run run) {
    return "| %s | %.2f %% | %.0f ms | %.0f ms | %.1f %% | %.2f |"
        .formatted(
            name,
            100.0 * run.succeeded / REQUESTS,
            run.mean(),
            run.p95(),
            100 * run.costShare(),
            (double) run.attempts / REQUESTS);
  }

  @Test
  void readme_showsWhatTheSimulationGives() throws IOException {
    String table =
        Stream.of(
                "| strategy | success | mean | P95 | cost of GPT-4.1 alone | attempts |",
                "|---|--:|--:|--:|--:|--:|",
                row("`priority`, GPT-4.1 first", run("priority")),
                row("`latency-optimal`", run("latency-optimal")),
                row("`latency-optimal`, `hedge_after: 500ms`", hedged("latency-optimal", 500)),
                row("`latency-optimal`, `hedge_after: 300ms`", hedged("latency-optimal", 300)),
                row("`latency-optimal`, `hedge_after: 150ms`", hedged("latency-optimal", 150)),
                row("`balanced`", run("balanced")),
                row("`cost-optimal`", run("cost-optimal")))
            .collect(Collectors.joining("\n"));
    Path readme = Path.of("docs/guides/cost.md");
    String text = Files.readString(readme);
    String begin = "<!-- simulation -->\n";
    String end = "\n<!-- end of simulation -->";
    String before = text.substring(0, text.indexOf(begin) + begin.length());
    String shown = text.substring(before.length(), text.indexOf(end));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(readme, before + table + text.substring(text.indexOf(end)));
    } else {
      assertThat(numbers(shown)).as("run with -Dgolden.update=true").hasSameSizeAs(numbers(table));
      for (int i = 0; i < numbers(table).size(); i++) {
        assertThat(numbers(shown).get(i)).isCloseTo(numbers(table).get(i), withinPercentage(2));
      }
    }
  }

  private static List<Double> numbers(String table) {
    return Pattern.compile("\\d+(\\.\\d+)?")
        .matcher(table)
        .results()
        .map(number -> Double.valueOf(number.group()))
        .toList();
  }
}
