package dev.drover.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class MoneyTest {
  @Test
  void dollars_becomeNanos_andBack() {
    assertThat(NanoDollars.ofUsd(new BigDecimal("1.06376125")).value()).isEqualTo(1_063_761_250);
    assertThat(NanoDollars.ofUsd(new BigDecimal("0.0000000005")).value()).isEqualTo(1);
    assertThat(new NanoDollars(420)).hasToString("0.00000042");
    assertThat(NanoDollars.ZERO).hasToString("0");
  }

  @Test
  void hugeAmounts_saturate() {
    assertThat(NanoDollars.ofUsd(new BigDecimal("1e30")).value()).isEqualTo(Long.MAX_VALUE);
    assertThat(NanoDollars.ofUsd(new BigDecimal("1e-99999999"))).isEqualTo(NanoDollars.ZERO);
  }

  @Test
  void usage_keepsItsContract_whateverAProviderSays() {
    Usage usage = new Usage(Usage.Status.COMPLETE, 10, 15, 5, 5, 3, 9, -1);
    assertThat(usage.cachedInput()).isEqualTo(10);
    assertThat(usage.cacheWrite5m()).isZero();
    assertThat(usage.uncachedInput()).isZero();
    assertThat(usage.reasoning()).isEqualTo(3);
    assertThat(usage.providerTotal()).isZero();
  }

  @Test
  void suggestion_isMadeForNearNamesOnly() {
    java.util.List<String> known = java.util.List.of("gpt-4o-mini", "chat");
    assertThat(Suggestion.closest("gpt-4o-mni", known)).hasValue("gpt-4o-mini");
    assertThat(Suggestion.closest("caht", known)).hasValue("chat");
    assertThat(Suggestion.closest("claude", known)).isEmpty();
  }
}
