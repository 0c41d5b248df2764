package dev.drover.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.testing.Configs;
import dev.drover.xds.EnvoyTypes;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoyBootstrapTest {
  private static final Path GOLDEN = Path.of("tests/golden");

  private static String render(String name) throws IOException {
    return EnvoyBootstrap.yaml(Configs.load(Files.readString(GOLDEN.resolve(name + ".in.yaml"))));
  }

  private static Bootstrap parse(String yaml) throws IOException {
    return (Bootstrap) EnvoyTypes.parse(Yaml.toJson(yaml), Bootstrap.newBuilder());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minimal",
        "two-providers",
        "one-filter",
        "unix-mixed-tls",
        "pass-through",
        "shadow-rollout",
        "many-targets",
        "jwt-callers"
      })
  void bootstrap_isAsRecorded_andSoundByEnvoysOwnRules(String name) throws Exception {
    String now = render(name);
    Path golden = GOLDEN.resolve(name + ".out.yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, now);
    }
    assertThat(Files.readString(golden))
        .as("run: mvn test -Dtest=EnvoyBootstrapTest -Dgolden.update=true")
        .isEqualTo(now);

    XdsRules rules = new XdsRules();
    assertThat(rules.check(parse(now))).isEmpty();
    assertThat(rules.typedConfigs()).isGreaterThan(6);
    parse(now).getStaticResources().getClustersList().forEach(EnvoyBootstrapTest::hasHeadroom);
  }

  /** Ten thousand streams at once, and their retries. */
  static void hasHeadroom(Cluster cluster) {
    assertThat(cluster.getCircuitBreakers().getThresholdsList())
        .as(cluster.getName())
        .isNotEmpty()
        .allMatch(
            limit ->
                limit.getMaxConnections().getValue() >= 10_000
                    && limit.getMaxPendingRequests().getValue() >= 10_000
                    && limit.getMaxRequests().getValue() >= 10_000
                    && limit.getMaxRetries().getValue() >= 10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-providers", "shadow-rollout"})
  void bootstrapForXds_isAsRecorded_andWithWhatIsServedSoundByEnvoysOwnRules(String name)
      throws Exception {
    GatewayConfig config =
        Configs.load(
            Files.readString(GOLDEN.resolve(name + ".in.yaml"))
                .replaceFirst(
                    "(?m)^version: 1$", "version: 1\nserver: { xds: { trusted_ca: ca.pem } }"));
    String now = EnvoyBootstrap.xdsYaml(config);
    Path golden = GOLDEN.resolve(name + ".out.xds.yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, now);
    }
    assertThat(Files.readString(golden)).isEqualTo(now);
    XdsRules rules = new XdsRules();
    assertThat(rules.check(parse(now))).isEmpty();
    EnvoyResources served = EnvoyResources.of(config);
    assertThat(served.clusters())
        .hasSizeGreaterThan(3)
        .anyMatch(json -> json.contains("drover_trusted_ca"));
    for (String json : served.clusters()) {
      Cluster cluster = (Cluster) EnvoyTypes.parse(json, Cluster.newBuilder());
      assertThat(rules.check(cluster)).isEmpty();
      hasHeadroom(cluster);
    }
    assertThat(rules.check(EnvoyTypes.parse(served.routes(), RouteConfiguration.newBuilder())))
        .isEmpty();
  }

  @Test
  void rules_findWhatEnvoyWouldRefuse() {
    Cluster nameless = Cluster.newBuilder().setName("").build();
    assertThat(new XdsRules().check(nameless)).isNotEmpty();
    RetryPolicy zeroBackOff =
        RetryPolicy.newBuilder()
            .setRetryBackOff(
                RetryPolicy.RetryBackOff.newBuilder()
                    .setBaseInterval(com.google.protobuf.Duration.getDefaultInstance()))
            .build();
    assertThat(new XdsRules().check(zeroBackOff)).isNotEmpty();
  }

  @Test
  void everyPlan_hasItsCluster() throws Exception {
    Bootstrap bootstrap = parse(render("two-providers"));
    assertThat(bootstrap.getStaticResources().getClustersList())
        .extracting(cluster -> cluster.getName().replaceAll("@[0-9a-f]{8}", ""))
        .contains(
            "drover|chat|deepseek|gpt-4.1",
            "drover|chat|gpt-4.1|deepseek",
            "drover|chat|deepseek",
            "drover|chat|gpt-4.1");
  }

  @Test
  void envoyFolder_holdsWhatIsRendered() throws Exception {
    for (String[] pair :
        new String[][] {{"standalone", "two-providers"}, {"single-filter", "one-filter"}}) {
      Path file = Path.of("envoy", pair[0], "envoy.yaml");
      if (Boolean.getBoolean("golden.update")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, render(pair[1]));
      }
      assertThat(Files.readString(file)).isEqualTo(render(pair[1]));
    }
  }
}
