package dev.drover.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.HubRequest;
import dev.drover.dialect.RequestFacts;
import dev.drover.state.health.HealthRegistry;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import dev.drover.types.ServiceTier;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tier that a request asks for, as prices see it. */
class AskedTierTest {
  private static final String PRICE =
      "price: { input: 10, output: 10, service_tiers: { flex: { input: 5, output: 5 }, priority: { input: 20, output: 20 } } }";

  private final GatewayConfig config =
      Configs.load(
          """
          version: 1
          providers:
            chat: { base_url: "https://chat.example/v1" }
            strict: { base_url: "https://strict.example/v1", refuses: [service_tier] }
            claude: { base_url: "https://claude.example/v1", dialect: anthropic }
          targets:
            chat: { provider: chat, model: m, PRICE }
            strict: { provider: strict, model: m, PRICE }
            claude: { provider: claude, model: m, PRICE }
          models:
            chat: { targets: [chat] }
            strict: { targets: [strict] }
            claude: { targets: [claude] }
          """
              .replace("PRICE", PRICE));

  private final Catalog catalog = Configs.catalog(config);

  private RoutingRequest ask(String model, String tier) {
    String body =
        "{\"model\":\"m\",\"max_tokens\":1000,\"service_tier\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
            .formatted(tier);
    RequestFacts facts = Requests.facts(body);
    Model found = Objects.requireNonNull(catalog.model(model));
    RoutingRequest plain = Requests.ask("x", found, facts);
    HubRequest hub = new HubRequest(Dialects.usual(), facts, Bytes.utf8(body));
    return new RoutingRequest(
        plain.id(),
        found,
        facts,
        plain.hints(),
        plain.task(),
        plain.session(),
        plain.origin(),
        null,
        new Translatable(Dialects.usual(), facts, hub, false));
  }

  @ParameterizedTest
  @CsvSource({
    "chat,flex,FLEX",
    "chat,priority,PRIORITY",
    "chat,auto,STANDARD",
    "strict,flex,STANDARD",
    "strict,priority,STANDARD",
    "claude,flex,STANDARD",
    "claude,priority,STANDARD",
  })
  void tier_countsWhereTheTargetIsTold(String model, String asked, ServiceTier expected) {
    Target target = Objects.requireNonNull(catalog.target(model));
    assertThat(ask(model, asked).tierAt(target)).isEqualTo(expected);
  }

  /** A provider may serve in the usual tier all the same, so a cheaper one reserves no less. */
  @ParameterizedTest
  @CsvSource({
    "chat,default,1",
    "chat,flex,1",
    "chat,priority,2",
    "claude,flex,1",
    "claude,priority,1"
  })
  void reservation_isThatOfTheDearerTier(String model, String asked, int times) {
    FakeTicker ticker = new FakeTicker();
    Estimates estimates = Estimates.compile(config, catalog, new HealthRegistry(ticker), ticker);
    long usual = estimates.bound(ask(model, "default"), 1).costNanos();
    assertThat(usual).isPositive();
    assertThat(estimates.bound(ask(model, asked), 1).costNanos()).isEqualTo(times * usual);
  }
}
