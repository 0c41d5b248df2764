package dev.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanClustersTest {
  private static Model model(int targets, int attempts) {
    String names =
        IntStream.range(0, targets).mapToObj(i -> "t" + i).collect(Collectors.joining(", "));
    String yaml =
        IntStream.range(0, targets)
            .mapToObj(
                i ->
                    "  t%d: { provider: p, model: m%d, price: { input: 1, output: 1 } }\n"
                        .formatted(i, i))
            .collect(Collectors.joining());
    Catalog catalog =
        Configs.catalog(
            Configs.load(
                """
                version: 1
                providers: { p: { base_url: "https://p.example" } }
                targets:
                %smodels: { chat: { targets: [%s], max_attempts: %d } }
                """
                    .formatted(yaml, names, attempts)));
    return Objects.requireNonNull(catalog.model("chat"));
  }

  private static Plan plan(Model model, List<Target> ranked) {
    int[] places = ranked.stream().mapToInt(model.targets()::indexOf).toArray();
    return model.plans().plan(places, places.length);
  }

  @Test
  void everyOrder_hasACluster_whileTheyAreFew() {
    assertThat(model(3, 3).plans().all()).hasSize(3 + 6 + 6);
    assertThat(model(4, 3).plans().all()).hasSize(4 + 12 + 24);
  }

  @Test
  void beyond64_eachTargetIsFirstOnce() {
    Model model = model(6, 3);
    assertThat(model.plans().all()).hasSize(6);
    assertThat(model.plans().all().get(2).targets())
        .extracting(Target::name)
        .containsExactly("t2", "t0", "t1");
  }

  @Test
  void beyond64_unfitFallbacks_endThePlan() {
    Model model = model(6, 3);
    Target second = model.targets().get(1);
    Target fourth = model.targets().get(3);
    assertThat(plan(model, List.of(fourth, second)).targets()).containsExactly(fourth);
  }

  @Test
  void everyPlan_namesAClusterThatExists_andTriesOnlyFitTargets() {
    Cases.each(
        random -> {
          Model model = model(1 + random.nextInt(7), 1 + random.nextInt(5));
          List<Target> ranked = new ArrayList<>(model.targets());
          Collections.shuffle(ranked, new java.util.Random(random.nextLong()));
          List<Target> fit = ranked.subList(0, 1 + random.nextInt(ranked.size()));
          Plan plan = plan(model, fit);
          PlanCluster cluster =
              model.plans().all().stream()
                  .filter(c -> c.name().equals(plan.cluster()))
                  .findFirst()
                  .orElseThrow();
          assertThat(plan.primary()).isEqualTo(fit.getFirst());
          assertThat(fit).containsAll(plan.targets());
          assertThat(cluster.targets()).startsWith(plan.targets().toArray(new Target[0]));
        });
  }
}
