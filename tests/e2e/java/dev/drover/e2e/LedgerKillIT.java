package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.ledger.Store;
import dev.drover.testing.Soak;
import dev.drover.tools.standin.Ports;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills Drover in the midst of traffic, again and again, and counts what the ledger has. */
@Tag("soak")
class LedgerKillIT {
  private static final int KILLS = Soak.of(3, 20);
  private static final int PER_SECOND = 500;

  /** Records that the ledger must have before a kill, so that there is something to lose. */
  private static final int RECORDED = 200;

  @TempDir private Path folder;

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  private static long recorded(DroverProcess drover) throws Exception {
    return number(
        Yaml.readMap(Http.get(drover.admin() + "/ledger").body()).getOrDefault("recorded", 0));
  }

  /** Of the only budget there is, in nano-dollars. */
  private static long spent(String budgets) {
    Map<?, ?> budget = (Map<?, ?>) Yaml.readMap(budgets).values().iterator().next();
    return new BigDecimal(String.valueOf(budget.get("spent"))).movePointRight(9).longValueExact();
  }

  @Test
  void whatWasAcknowledged_isInTheLedger_once() throws Exception {
    Path config = folder.resolve("drover.yaml");
    int port = Ports.free();
    int admin = Ports.free();
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:%d", state_dir: "%s/state", drain: 5s }
        providers: { p: { base_url: "http://127.0.0.1:1/v1" } }
        targets: { cheap: { provider: p, model: m, price: { input: 0.14, output: 0.42 } } }
        models: { chat: { targets: [cheap], budgets: [ { limit_usd: 1000 } ] } }
        """
            .formatted(port, admin, folder));
    GatewayConfig loaded = Rig.load(config);
    String target =
        Catalog.compile(loaded, Credentials.offline(new Secrets(_ -> null)))
            .targets()
            .iterator()
            .next()
            .id();
    long acknowledged = 0;
    long sent = 0;
    for (int i = 0; i < KILLS; i++) {
      DroverProcess drover = DroverProcess.serve(config, admin);
      try (Load load = new Load("127.0.0.1:" + port, target, PER_SECOND)) {
        long last = 0;
        while (last < RECORDED + 17 * i) {
          last = recorded(drover);
        }
        drover.kill();
        acknowledged += last;
        sent += load.sent();
      }
    }
    DroverProcess last = DroverProcess.serve(config, admin);
    String budgets = Http.get(last.admin() + "/budgets").body();
    last.stop();
    assertThat(folder.resolve("tmp")).as("what the killed ones left").isEmptyDirectory();
    try (Store store = Store.openToRead(loaded.ledger(), folder.resolve("state"), null)) {
      Map<String, Object> counts =
          store
              .query(
                  "SELECT (SELECT COUNT(*) FROM usage_event) AS events, (SELECT SUM(events) FROM usage_day) AS days, (SELECT COUNT(DISTINCT event_id) FROM usage_attempt) AS attempted, (SELECT SUM(charged_nano_usd) FROM usage_event) AS charged",
                  List.of())
              .getFirst();
      assertThat(number(counts.get("events"))).isBetween(acknowledged, sent);
      assertThat(counts.get("days")).isEqualTo(counts.get("events"));
      assertThat(counts.get("attempted")).isEqualTo(counts.get("events"));
      long charged = number(counts.get("charged"));
      assertThat(spent(budgets))
          .as("the budget has what the ledger has, and what was lost with the kills at most")
          .isBetween(charged, charged / number(counts.get("events")) * sent);
    }
  }
}
