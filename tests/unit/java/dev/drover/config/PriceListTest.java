package dev.drover.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.catalog.Price;
import dev.drover.catalog.Target;
import dev.drover.config.bind.Binder;
import dev.drover.config.bind.Problems;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.PriceListConfig;
import dev.drover.config.schema.PricedModelConfig;
import dev.drover.json.Yaml;
import dev.drover.testing.Configs;
import dev.drover.types.ServiceTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceListTest {
  private static String yaml(String provider, String target) {
    return """
        version: 1
        providers: { p: %s }
        targets: { t: { provider: p, %s } }
        models: { m: { targets: [t] } }
        """
        .formatted(provider, target);
  }

  private static Price price(String provider, String target) {
    Target found = Configs.catalog(Configs.load(yaml(provider, target))).target("t");
    return Objects.requireNonNull(found).price();
  }

  @Test
  void eachLineOfTheList_isSound_andNoneIsPassedOver() {
    JsonNode tree = Yaml.parse(Yaml.resource(PriceList.class, "prices.yaml"));
    Problems problems = new Problems();
    PriceListConfig list = new Binder(problems).bind(tree, PriceListConfig.class);
    assertThat(problems.all()).isEmpty();
    Map<String, PricedModelConfig> models = Objects.requireNonNull(list).models();
    assertThat(PriceList.builtInModels()).containsExactlyInAnyOrderElementsOf(models.keySet());
    models.forEach(
        (name, model) -> assertThat(LocalDate.parse(model.date())).as(name).isAfter("2026-01-01"));
  }

  /** Models that people ask for by name, at makers and hosts. */
  @ParameterizedTest
  @CsvSource({
    "openai,gpt-5.5", "openai,gpt-4.1-mini", "anthropic,claude-sonnet-4-6",
    "anthropic,claude-haiku-4-5", "gemini,gemini-2.5-pro", "vertex,gemini-2.5-flash",
    "vertex,claude-sonnet-4-6", "deepseek,deepseek-v4-flash", "moonshot,kimi-k2.6",
    "mistral,mistral-large-latest", "xai,grok-4.3", "groq,openai/gpt-oss-120b",
    "azure,gpt-5", "bedrock,anthropic.claude-sonnet-4-6", "bedrock,amazon.nova-pro-v1:0",
  })
  void eachKind_hasPrices(String kind, String model) {
    Price price =
        price(
            "{ kind: %s, region: eu, project: p, resource: r }".formatted(kind),
            "model: \"" + model + "\"");
    assertThat(price.rates().input()).isPositive();
    assertThat(price.rates().output()).isPositive();
  }

  @Test
  void modelsWithPromptCaches_haveCachedPrices() {
    for (String model :
        List.of("gpt-5.5", "gpt-4o", "claude-opus-4-7", "gemini-2.5-pro", "deepseek-v4-flash")) {
      Price.Rates rates = price("{ base_url: \"https://p.example\" }", "model: " + model).rates();
      assertThat(rates.cachedInput()).as(model).isLessThan(rates.input());
    }
    Price.Rates claude = price("{ kind: anthropic }", "model: claude-sonnet-4-6").rates();
    assertThat(claude.cacheWrite5m()).isGreaterThan(claude.input());
    assertThat(claude.cacheWrite1h()).isGreaterThan(claude.cacheWrite5m());
  }

  @Test
  void tiersThatServe_haveTheirPrices() {
    Price price = price("{ kind: openai }", "model: gpt-5.5");
    long usual = price.rates().input();
    assertThat(price.in(ServiceTier.FLEX).rates().input()).isLessThan(usual);
    assertThat(price.in(ServiceTier.PRIORITY).rates().input()).isGreaterThan(usual);
    assertThat(price.in(ServiceTier.STANDARD)).isSameAs(price);
  }

  @Test
  void listOfOnesOwn_goesBeforeTheBuiltIn_alsoUnderThePlainName(@TempDir Path folder)
      throws IOException {
    Path own =
        Files.writeString(
            folder.resolve("own.yaml"),
            """
            version: 1
            models:
              gpt-5: { price: { input: 7, output: 8 }, date: "2026-06-01", source: a contract }
              fireworks/x: { price: { input: 9, output: 9 }, date: "2026-06-01", source: a contract }
              x: { price: { input: 1, output: 1 }, date: "2026-06-01", source: a contract }
            """);
    String list = "\nprice_list: " + own + "\n";
    for (String[] each :
        new String[][] {
          {"{ kind: azure, resource: r }", "gpt-5", "7"},
          {"{ kind: fireworks }", "x", "9"},
          {"{ kind: openai }", "x", "1"}
        }) {
      GatewayConfig config = Configs.load(yaml(each[0], "model: " + each[1]) + list);
      assertThat(
              Objects.requireNonNull(Objects.requireNonNull(config.targets().get("t")).price())
                  .input())
          .as(each[0])
          .isEqualByComparingTo(each[2]);
    }
  }

  @Test
  void hostsPrice_goesBeforeTheMakers() {
    String maker = "model: gpt-5.5";
    assertThat(price("{ kind: azure, resource: r }", maker).rates().output()).isPositive();
    Price fireworks =
        price("{ kind: fireworks }", "model: accounts/fireworks/models/deepseek-r1-0528");
    assertThat(fireworks.rates().input()).isPositive();
  }

  @Test
  void check_saysHowOldPricesAre_andWarnsWithoutACachedOne() {
    LocalDate day = LocalDate.parse("2027-01-01");
    assertThat(PriceList.review(yaml("{ kind: openai }", "model: gpt-5.5"), day))
        .singleElement()
        .asString()
        .matches("targets.t: price of gpt-5.5 read on 2026-\\d\\d-\\d\\d, \\d+ days ago, from .+");
    assertThat(
            PriceList.review(
                yaml("{ kind: openai }", "model: gpt-5.5, price: { input: 5, output: 30 }"), day))
        .singleElement()
        .asString()
        .startsWith("warning: targets.t.price.cached_input: none");
    assertThat(
            PriceList.review(
                yaml(
                    "{ kind: openai }",
                    "model: gpt-5.5, price: { input: 5, cached_input: 1, output: 30 }"),
                day))
        .isEmpty();
  }
}
