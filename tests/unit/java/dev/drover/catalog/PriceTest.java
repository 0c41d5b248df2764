package dev.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.types.ServiceTier;
import dev.drover.types.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PriceTest {
  private static Price price(String yaml) {
    GatewayConfig config =
        Configs.load(
            """
            version: 1
            currencies: { CNY: 0.14 }
            providers: { p: { base_url: "https://p.example" } }
            targets: { t: { provider: p, model: m, price: %s } }
            models: { m: { targets: [t] } }
            """
                .formatted(yaml));
    return Objects.requireNonNull(Configs.catalog(config).target("t")).price();
  }

  private static Usage usage(long input, long output) {
    return new Usage(Usage.Status.COMPLETE, input, 0, 0, 0, output, 0, 0);
  }

  @Test
  void cachedTokens_arePricedOnce() {
    Price opus = price("{ input: 5, cache_write: 6.25, output: 25 }");
    Usage usage = new Usage(Usage.Status.COMPLETE, 159_223, 0, 159_217, 0, 2_745, 0, 0);
    assertThat(usage.uncachedInput()).isEqualTo(6);
    assertThat(opus.cost(usage).toUsd()).isEqualByComparingTo("1.06376125");
  }

  @Test
  void savingOfTheFieldReport_isWhatItsFormulaGives() {
    Usage month = usage(3_000_000, 7_000_000);
    BigDecimal official = price("{ input: 0.70, output: 2.80 }").cost(month).toUsd();
    BigDecimal other = price("{ input: 0.14, output: 0.42 }").cost(month).toUsd();
    assertThat(official).isEqualByComparingTo("21.70");
    assertThat(other).isEqualByComparingTo("3.36");
    assertThat(official.subtract(other).multiply(BigDecimal.valueOf(12)))
        .isEqualByComparingTo("220.08");
  }

  @Test
  void tierThatServed_isPriced_andOneWithoutAPriceIsTheUsual() {
    Price price =
        price(
            "{ currency: CNY, input: 10, output: 20, service_tiers: { flex: { input: 5, output: 10, tiers: [ { above_input_tokens: 1000000, input: 6, output: 12 } ] } } }");
    Usage usage = usage(1_000_000, 1_000_000);
    assertThat(price.cost(usage).toUsd()).isEqualByComparingTo("4.2");
    assertThat(price.cost(usage.withTier(ServiceTier.FLEX)).toUsd()).isEqualByComparingTo("2.1");
    assertThat(price.cost(usage.withTier(ServiceTier.PRIORITY)).toUsd())
        .isEqualByComparingTo("4.2");
    assertThat(price.cost(usage(2_000_000, 0).withTier(ServiceTier.FLEX)).toUsd())
        .isEqualByComparingTo("1.68");
  }

  @Test
  void otherCurrencies_areConverted() {
    assertThat(price("{ currency: CNY, input: 15, output: 15 }").cost(usage(1_000_000, 0)).toUsd())
        .isEqualByComparingTo("2.10");
  }

  @Test
  void longPrompts_haveTheirTier() {
    Price tiered =
        price(
            "{ input: 1, output: 2, tiers: [ { above_input_tokens: 200000, input: 2, output: 4 } ] }");
    assertThat(tiered.cost(usage(200_000, 0)).toUsd()).isEqualByComparingTo("0.2");
    assertThat(tiered.cost(usage(200_001, 1_000_000)).toUsd()).isEqualByComparingTo("4.400002");
  }

  @Test
  void reasoning_mayCostApart() {
    Usage usage = new Usage(Usage.Status.COMPLETE, 0, 0, 0, 0, 10, 4, 0);
    assertThat(price("{ input: 0, output: 1, reasoning: 3 }").cost(usage).value())
        .isEqualTo(18_000);
  }

  @Test
  void amountsWhoseMillionfoldIsNoLong_areExact() {
    Price dear = price("{ input: 1000000, output: 0 }");
    assertThat(dear.cost(usage(9_224, 0)).value()).isEqualTo(9_224_000_000_000L);
    assertThat(dear.expectedNanos(9_224, 0, 0)).isEqualTo(9_224_000_000_000L);
    assertThat(price("{ input: 0.14, output: 0 }").cost(usage(999_999_999_999L, 0)).value())
        .isEqualTo(139_999_999_999_860L);
  }

  @Test
  void hugeCounts_saturate() {
    assertThat(price("{ input: 1000000, output: 0 }").cost(usage(Long.MAX_VALUE / 4, 0)).value())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void cost_isTheExactSumRoundedOnce() {
    Price price = price("{ input: 0.14, cached_input: 0.014, output: 0.42 }");
    Cases.each(
        random -> {
          long input = random.nextLong(10_000_000);
          long cached = random.nextLong(input + 1);
          long output = random.nextLong(1_000_000);
          Usage usage = new Usage(Usage.Status.COMPLETE, input, cached, 0, 0, output, 0, 0);
          BigDecimal exact =
              new BigDecimal("0.14")
                  .multiply(BigDecimal.valueOf(input - cached))
                  .add(new BigDecimal("0.014").multiply(BigDecimal.valueOf(cached)))
                  .add(new BigDecimal("0.42").multiply(BigDecimal.valueOf(output)))
                  .movePointLeft(6);
          assertThat(price.cost(usage).toUsd())
              .isEqualByComparingTo(exact.setScale(9, RoundingMode.HALF_UP));
        });
  }
}
