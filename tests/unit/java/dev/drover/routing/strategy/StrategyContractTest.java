package dev.drover.routing.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.routing.Candidate;
import dev.drover.routing.Candidates;
import dev.drover.routing.Strategy;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every strategy keeps, and what each is for. */
class StrategyContractTest {
  private static final Catalog CATALOG = Configs.catalog(Configs.three("priority"));
  private static final Target A = target("a");
  private static final Target B = target("b");
  private static final Target C = target("c");

  private static Target target(String name) {
    return Objects.requireNonNull(CATALOG.target(name));
  }

  static Stream<Strategy> strategies() {
    return Strategies.all().stream();
  }

  private static Candidate candidate(
      Target target, long cost, long nanos, double errors, double load, int weight) {
    return new Candidate(target, 0, cost, nanos, errors, load, weight, 0);
  }

  private static List<Candidate> any(RandomGenerator random) {
    List<Candidate> candidates = new ArrayList<>();
    for (Target target : List.of(A, B, C).subList(0, 1 + random.nextInt(3))) {
      candidates.add(
          candidate(
              target,
              random.nextLong(1_000_000),
              random.nextInt(3) == 0 ? -1 : random.nextLong(10_000_000_000L),
              random.nextDouble(),
              random.nextDouble(),
              random.nextInt(5)));
    }
    return candidates;
  }

  private static List<String> rank(Strategy strategy, List<Candidate> candidates, String key) {
    Candidates ranked = Candidates.of(candidates);
    strategy.rank(ranked, key);
    return ranked.copies().stream().map(c -> c.target().name()).toList();
  }

  private static Map<String, Integer> firsts(
      Strategy strategy, List<Candidate> candidates, int count) {
    Map<String, Integer> firsts = new HashMap<>();
    for (int i = 0; i < count; i++) {
      firsts.merge(rank(strategy, candidates, "key-" + i).getFirst(), 1, Integer::sum);
    }
    return firsts;
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void rank_keepsEachCandidateOnce_andRanksEqualKeysAlike(Strategy strategy) {
    Cases.each(
        random -> {
          List<Candidate> candidates = any(random);
          String key = Cases.text(random, 10);
          List<String> ranked = rank(strategy, candidates, key);
          assertThat(ranked)
              .containsExactlyInAnyOrderElementsOf(
                  candidates.stream().map(c -> c.target().name()).toList());
          assertThat(rank(strategy, candidates, key)).isEqualTo(ranked);
        });
  }

  @Test
  void everyNameInTheConfig_isAStrategy() {
    assertThat(Strategies.names())
        .containsExactly(
            "priority", "weighted", "cost-optimal", "latency-optimal", "balanced", "least-busy");
  }

  @Test
  void latencyOptimal_sendsMostToTheFastest_andATrialShareToTheUnseen() {
    List<Candidate> candidates =
        List.of(
            candidate(A, 0, 300_000_000, 0, 0, 1),
            candidate(B, 0, 600_000_000, 0, 0, 1),
            candidate(C, 0, -1, 0, 0, 1));
    Map<String, Integer> firsts = firsts(Strategies.named("latency-optimal"), candidates, 10_000);
    assertThat(firsts.get("a")).isBetween(9300, 9700);
    assertThat(firsts.get("c")).isBetween(350, 650);
  }

  @Test
  void latencyOptimal_splitsBetweenEquals() {
    List<Candidate> equals =
        List.of(candidate(A, 0, 300_000_000, 0, 0, 1), candidate(B, 0, 300_000_000, 0, 0, 1));
    assertThat(firsts(Strategies.named("latency-optimal"), equals, 10_000).get("a"))
        .isBetween(4700, 5300);
  }

  @Test
  void balanced_weighsCostTimeAndErrors() {
    Strategy balanced = Strategies.named("balanced");
    Candidate cheapAndSlow = candidate(A, 100_000, 400_000_000, 0, 0, 1);
    Candidate dearAndFast = candidate(B, 900_000, 300_000_000, 0, 0, 1);
    Candidate cheapButFailing = candidate(C, 100_000, 400_000_000, 0.9, 0, 1);
    assertThat(firsts(balanced, List.of(cheapAndSlow, dearAndFast, cheapButFailing), 1000).get("a"))
        .isGreaterThan(990);
  }

  @Test
  void leastBusy_takesTheSmallestLoad() {
    List<Candidate> candidates =
        List.of(
            candidate(A, 0, -1, 0, 0.5, 1),
            candidate(B, 0, -1, 0, 0.2, 1),
            candidate(C, 0, -1, 0, 0.3, 1));
    assertThat(rank(Strategies.named("least-busy"), candidates, "k"))
        .containsExactly("b", "c", "a");
  }
}
