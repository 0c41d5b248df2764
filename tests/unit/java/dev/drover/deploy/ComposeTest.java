package dev.drover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.json.Yaml;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.testing.Configs;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The compose file and what it mounts belong together. */
class ComposeTest {
  private static final Path FOLDER = Path.of("deploy/compose");

  private final Map<?, ?> services = (Map<?, ?>) read("docker-compose.yaml").get("services");
  private final GatewayConfig config = Configs.load(text("drover.yaml"));

  private static String text(String file) {
    try {
      return Files.readString(FOLDER.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> read(String file) {
    return Yaml.readMap(text(file));
  }

  private Map<?, ?> service(String name) {
    return (Map<?, ?>) services.get(name);
  }

  private static List<String> strings(Map<?, ?> of, String key) {
    return of.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  @Test
  void envoyFile_isWhatIsRendered() throws IOException {
    String now = EnvoyBootstrap.yaml(config);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(FOLDER.resolve("envoy.yaml"), now);
    }
    assertThat(text("envoy.yaml")).isEqualTo(now);
  }

  @Test
  void everyImage_isPinned_andEveryMount_isThere() {
    List<String> mounted = new ArrayList<>();
    for (Object each : services.values()) {
      Map<?, ?> service = (Map<?, ?>) each;
      assertThat(String.valueOf(service.get("image")))
          .matches("drover-compose(-tools)?|docker.io/[a-z/]+:v?[0-9]+[.][0-9]+[.][0-9]+");
      for (String mount : strings(service, "volumes")) {
        if (mount.startsWith(".")) {
          mounted.add(mount);
          assertThat(FOLDER.resolve(mount.substring(0, mount.indexOf(':')))).exists();
          assertThat(mount).endsWith(":ro");
        }
      }
      for (String port : strings(service, "ports")) {
        assertThat(port).as("for this machine only").startsWith("127.0.0.1:");
      }
    }
    assertThat(mounted).hasSizeGreaterThan(6);
  }

  @Test
  void everybody_isCalledWhereItListens() {
    HostPort extProc = HostPort.parse(config.envoy().extProc().getFirst());
    assertThat(services.containsKey(extProc.host())).isTrue();
    assertThat(extProc.port()).isEqualTo(HostPort.parse(config.server().listen()).port());
    for (ProviderConfig provider : config.providers().values()) {
      URI url = URI.create(provider.baseUrl());
      assertThat(strings(service(url.getHost()), "command"))
          .startsWith("fake", "--listen", "0.0.0.0:" + url.getPort());
    }
    int envoy = HostPort.parse(config.envoyListen()).port();
    assertThat(strings(service("envoy"), "ports"))
        .containsExactly("127.0.0.1:%d:%d".formatted(envoy, envoy));
    int admin = HostPort.parse(config.server().admin()).port();
    assertThat(strings(service("drover"), "ports"))
        .containsExactly("127.0.0.1:%d:%d".formatted(admin, admin));
    assertThat(text("prometheus.yaml"))
        .contains("\"drover:" + admin + "\"", "rule_files: [ rules.yaml ]");
    assertThat(text("grafana/datasource.yaml")).contains("http://prometheus:9090");
    String token =
        String.valueOf(
            ((Map<?, ?>) service("drover").get("environment")).get("DROVER_ADMIN_TOKEN"));
    assertThat(text("prometheus.yaml")).contains("credentials: " + token);
    assertThat(text("README.md")).contains("token `" + token + "`");
  }

  /** The server's image has only the server's commands. */
  @Test
  void commandOfTheTools_runsInTheImageOfTheTools() {
    for (Object name : services.keySet()) {
      List<String> command = strings(service(String.valueOf(name)), "command");
      if (!command.isEmpty()
          && List.of("fake", "demo", "load", "try").contains(command.getFirst())) {
        assertThat(service(String.valueOf(name)).get("image")).isEqualTo("drover-compose-tools");
      }
    }
    assertThat(((Map<?, ?>) service("cheap").get("build")).get("target")).isEqualTo("tools");
  }
}
