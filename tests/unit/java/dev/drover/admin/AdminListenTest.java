package dev.drover.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Configs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminListenTest {
  /** Without a token, pages beyond this machine are nobody's; signs of life are everybody's. */
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9003, false, 10.0.0.7, /config, false",
    "0.0.0.0:9003, false, 10.0.0.7, /config, true",
    "0.0.0.0:9003, false, 10.0.0.7, /, true",
    "0.0.0.0:9003, false, 10.0.0.7, /health/live, false",
    "0.0.0.0:9003, false, 127.0.0.1, /config, false",
    "0.0.0.0:9003, false, 0:0:0:0:0:0:0:1, /config, false",
    "0.0.0.0:9003, false, 127.evil.example, /config, true",
    "0.0.0.0:9003, true, 10.0.0.7, /config, false",
    "'[::]:9003', false, fe80::1, /metrics, true"
  })
  void pagesWithoutAToken_areForThisMachine(
      String address, boolean token, String remote, String path, boolean shut) {
    String server =
        "server: { admin: \"%s\", trusted_network: true%s }%n"
            .formatted(address, token ? ", admin_token: { env: TOKEN }" : "");
    AdminListen listen =
        AdminListen.of(
            Configs.load(Configs.THREE.replace("STRATEGY", "priority") + server).server(), null);
    assertThat(listen.shut(path, remote)).isEqualTo(shut);
  }
}
