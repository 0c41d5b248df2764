package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Price;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.PriceList;
import dev.drover.config.bind.Problem;
import dev.drover.testing.Configs;
import dev.drover.types.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiteLlmPricesTest {
  private static final String PRICES =
      """
      {
        "sample_spec": { "input_cost_per_token": 0.0, "mode": "chat" },
        "sonnet": { "litellm_provider": "x", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
          "cache_read_input_token_cost": 3e-07, "cache_creation_input_token_cost": 3.75e-06,
          "cache_creation_input_token_cost_above_1hr": 6e-06,
          "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
          "cache_read_input_token_cost_above_200k_tokens": 6e-07,
          "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05 },
        "gpt-x": { "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "output_cost_per_reasoning_token": 2e-05,
          "input_cost_per_token_batches": 6.25e-07, "output_cost_per_token_batches": 5e-06,
          "input_cost_per_token_priority": 2.5e-06, "output_cost_per_token_priority": 2e-05,
          "input_cost_per_token_flex": 6.25e-07, "search_context_cost_per_query": { "low": 0.01 }, "input_cost_per_audio_token": 1e-05 },
        "embed": { "input_cost_per_token": 2e-08, "output_cost_per_token": 0.0 },
        "size/image": { "output_cost_per_image": 0.04 }
      }
      """;

  @TempDir private Path folder;

  private Catalog catalog(String target) throws IOException {
    Path list = folder.resolve("prices.yaml");
    Migrated migrated = LiteLlmPrices.read(PRICES, "test", LocalDate.of(2026, 11, 20));
    Files.writeString(list, migrated.yaml());
    return Configs.catalog(
        Configs.load(
            """
            version: 1
            price_list: "%s"
            providers: { p: { base_url: "https://p.example/v1" } }
            targets: { t: { provider: p, %s } }
            models: { m: { targets: [t] } }
            """
                .formatted(list, target)));
  }

  private Price price(String target) throws IOException {
    return Objects.requireNonNull(catalog(target).target("t")).price();
  }

  @Test
  void cacheTiersAndReasoning_areTakenOver() throws IOException {
    Price price = price("model: sonnet");
    assertThat(price.rates())
        .isEqualTo(
            new Price.Rates(
                3_000_000_000L,
                300_000_000L,
                3_750_000_000L,
                6_000_000_000L,
                15_000_000_000L,
                15_000_000_000L));
    assertThat(price.tiers())
        .containsExactly(
            new Price.Tier(
                200_000,
                new Price.Rates(
                    6_000_000_000L,
                    600_000_000L,
                    3_750_000_000L,
                    12_000_000_000L,
                    22_500_000_000L,
                    22_500_000_000L)));
    assertThat(price("model: gpt-x").rates().reasoning()).isEqualTo(20_000_000_000L);
    assertThat(price("model: embed").cost(Usage.estimated(1_000_000, 0))).hasToString("0.02");
  }

  @Test
  void serviceTiers_areModelsOfTheirOwn() throws IOException {
    assertThat(price("model: gpt-x, priced_as: gpt-x@priority").rates().input())
        .isEqualTo(2_500_000_000L);
    assertThat(price("model: gpt-x, priced_as: gpt-x@batch").rates().output())
        .isEqualTo(5_000_000_000L);
    Price.Rates flex = price("model: gpt-x, priced_as: gpt-x@flex").rates();
    assertThat(flex.input()).isEqualTo(625_000_000L);
    assertThat(flex.output()).as("not of its own: the regular one").isEqualTo(10_000_000_000L);
  }

  @Test
  void whatIsLeftOut_isSaid() {
    assertThat(LiteLlmPrices.read(PRICES, "test", LocalDate.EPOCH).notes())
        .anySatisfy(note -> assertThat(note).contains("1 models without prices", "size/image"))
        .anySatisfy(note -> assertThat(note).contains("input_cost_per_audio_token (1 models)"));
    assertThatThrownBy(() -> LiteLlmPrices.read("[1]", "test", LocalDate.EPOCH))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void ownPrice_beatsTheList_andTheListTheBuiltIn() throws IOException {
    assertThat(price("model: sonnet, price: { input: 1, output: 1 }").rates().input())
        .isEqualTo(1_000_000_000L);
    assertThat(price("model: gpt-4.1").rates().output()).isEqualTo(8_000_000_000L);
    assertThat(PriceList.size(folder.resolve("prices.yaml").toString())).isEqualTo(6);
  }

  @Test
  void unknownModel_isAProblemWithAHint() {
    assertThat(
            ConfigLoader.parse(
                """
                version: 1
                price_list: nowhere.yaml
                providers: { p: { base_url: "https://p.example/v1" } }
                targets: { t: { provider: p, model: gpt-4.1-minni } }
                models: { m: { targets: [t] } }
                """))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken ->
                assertThat(broken.problems())
                    .extracting(Problem::toString)
                    .anySatisfy(p -> assertThat(p).startsWith("price_list: nowhere.yaml"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("targets.t.price: \"gpt-4.1-minni\"")
                                .contains("gpt-4.1-mini"))
                    .hasSize(2));
  }
}
