package dev.drover.catalog;

import dev.drover.config.schema.PriceConfig;
import dev.drover.config.schema.PriceTierConfig;
import dev.drover.config.schema.ServiceTierConfig;
import dev.drover.types.NanoDollars;
import dev.drover.types.ServiceTier;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles configured prices, in any currency, to nano-dollar rates. Confined to one compilation.
 */
public final class Prices {
  private final BigDecimal usdPerUnit;

  private Prices(BigDecimal usdPerUnit) {
    this.usdPerUnit = usdPerUnit;
  }

  /** Compiles a price; {@code currencies} are USD per unit. */
  public static Price compile(PriceConfig config, Map<String, BigDecimal> currencies) {
    return new Prices(currencies.getOrDefault(config.currency(), BigDecimal.ONE)).price(config);
  }

  private Price price(PriceConfig c) {
    BigDecimal write = or(c.cacheWrite(), c.input());
    Price.Rates rates =
        new Price.Rates(
            nanos(c.input()),
            nanos(or(c.cachedInput(), c.input())),
            nanos(write),
            nanos(or(c.cacheWrite1h(), write)),
            nanos(c.output()),
            nanos(or(c.reasoning(), c.output())));
    Map<ServiceTier, Price> served = new EnumMap<>(ServiceTier.class);
    c.serviceTiers().forEach((name, tier) -> served.put(ServiceTier.named(name), price(tier)));
    return new Price(rates, c.tiers().stream().map(this::tier).toList(), served);
  }

  private Price price(ServiceTierConfig c) {
    return price(
        new PriceConfig(
            "USD",
            c.input(),
            c.output(),
            c.cachedInput(),
            c.cacheWrite(),
            c.cacheWrite1h(),
            c.reasoning(),
            c.tiers(),
            Map.of()));
  }

  private Price.Tier tier(PriceTierConfig c) {
    BigDecimal write = or(c.cacheWrite(), c.input());
    return new Price.Tier(
        c.aboveInputTokens(),
        new Price.Rates(
            nanos(c.input()),
            nanos(or(c.cachedInput(), c.input())),
            nanos(write),
            nanos(or(c.cacheWrite1h(), write)),
            nanos(c.output()),
            nanos(or(c.reasoning(), c.output()))));
  }

  private long nanos(BigDecimal perMillion) {
    return NanoDollars.ofUsd(perMillion.multiply(usdPerUnit)).value();
  }

  private static BigDecimal or(@Nullable BigDecimal value, BigDecimal otherwise) {
    return value == null ? otherwise : value;
  }
}
