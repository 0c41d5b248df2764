package dev.drover.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.testing.Configs;
import org.junit.jupiter.api.Test;

class RestartOnlySettingsTest {
  private static GatewayConfig config(String more) {
    return Configs.load(Configs.THREE.replace("STRATEGY", "priority") + more);
  }

  @Test
  void keysOfSectionsThatAreReadAtTheStart_areNamed_whatAReloadTakesUpIsNot() {
    GatewayConfig before =
        config("server: { access_log: true, xds: { settle: 1s } }\nledger: { store: none }\n");
    assertThat(RestartOnlySettings.changed(before, before)).isEmpty();
    assertThat(
            RestartOnlySettings.changed(
                before,
                config(
                    """
                    server: { admin: "127.0.0.1:9103", xds: { settle: 2s } }
                    ledger: { store: sqlite }
                    redis: { url: "redis://127.0.0.1:6379" }
                    alerts: { rules: { budget_soft: { enabled: false } } }
                    """)))
        .containsExactly("server.access_log", "server.admin", "ledger.store", "redis");
    assertThat(RestartOnlySettings.changed(before, config("server: { access_log: true }")))
        .contains("server.xds");
  }
}
