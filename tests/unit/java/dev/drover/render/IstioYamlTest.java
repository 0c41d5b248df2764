package dev.drover.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import dev.drover.json.Yaml;
import dev.drover.testing.Configs;
import dev.drover.testing.KubernetesTypes;
import dev.drover.xds.EnvoyTypes;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.fabric8.istio.api.networking.v1.DestinationRule;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.VirtualService;
import io.fabric8.istio.api.networking.v1alpha3.EnvoyFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IstioYamlTest {
  private static final Path GOLDEN = Path.of("tests/golden");
  private static final Map<String, IstioPlace> PLACES =
      Map.of(
          "gateway",
          new IstioPlace(
              "drover",
              "istio-ingress",
              "istio-ingress/public",
              Map.of("istio", "ingressgateway"),
              "llm.example.com",
              443,
              "drover.llm.svc.cluster.local:9002",
              false,
              false),
          "sidecar",
          new IstioPlace(
              "chat",
              "apps",
              null,
              Map.of("app", "chat"),
              "llm.apps.svc.cluster.local",
              80,
              null,
              true,
              true));

  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "EnvoyFilter", EnvoyFilter.class,
          "VirtualService", VirtualService.class,
          "ServiceEntry", ServiceEntry.class,
          "DestinationRule", DestinationRule.class);

  private static String render(String name, String place) throws IOException {
    return IstioYaml.yaml(
        Configs.load(Files.readString(GOLDEN.resolve(name + ".in.yaml"))),
        Objects.requireNonNull(PLACES.get(place)));
  }

  private static List<Map<String, Object>> documents(String yaml) {
    List<Map<String, Object>> documents = new ArrayList<>();
    for (String each : yaml.split("(?m)^---$", -1)) {
      documents.add(Yaml.readMap(each));
    }
    return documents;
  }

  private static Map<?, ?> map(Map<?, ?> in, String key) {
    return (Map<?, ?>) Objects.requireNonNull(in.get(key));
  }

  private static List<Map<?, ?>> patches(String yaml) {
    List<Map<?, ?>> patches = new ArrayList<>();
    for (Map<String, Object> document : documents(yaml)) {
      if ("EnvoyFilter".equals(document.get("kind"))) {
        Object all = Objects.requireNonNull(map(document, "spec").get("configPatches"));
        for (Object each : (List<?>) all) {
          patches.add((Map<?, ?>) each);
        }
      }
    }
    return patches;
  }

  private static Message value(Map<?, ?> patch) throws IOException {
    Message.Builder builder =
        switch (String.valueOf(patch.get("applyTo"))) {
          case "CLUSTER" -> Cluster.newBuilder();
          case "LISTENER" -> Listener.newBuilder();
          case "NETWORK_FILTER" -> Filter.newBuilder();
          case "HTTP_FILTER" -> HttpFilter.newBuilder();
          case "HTTP_ROUTE" -> Route.newBuilder();
          default -> throw new IOException(patch.get("applyTo") + ": not expected");
        };
    Object value = Objects.requireNonNull(map(patch, "patch").get("value"));
    Message message = EnvoyTypes.parse(Yaml.writeJson(value), builder);
    if (message instanceof Cluster cluster) {
      EnvoyBootstrapTest.hasHeadroom(cluster);
    }
    return message;
  }

  private static boolean merged(Map<?, ?> patch) {
    return "MERGE".equals(map(patch, "patch").get("operation"));
  }

  @ParameterizedTest
  @CsvSource({
    "two-providers, gateway",
    "two-providers, sidecar",
    "one-filter, gateway",
    "unix-mixed-tls, sidecar",
    "pass-through, sidecar",
    "shadow-rollout, sidecar",
    "many-targets, gateway"
  })
  void resources_areAsRecorded_andSoundByIstiosTypesAndEnvoysRules(String name, String place)
      throws Exception {
    String now = render(name, place);
    Path golden = GOLDEN.resolve(name + ".out.istio-" + place + ".yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, now);
    }
    assertThat(Files.readString(golden)).isEqualTo(now).isEqualTo(render(name, place));
    Set<String> names = new TreeSet<>();
    for (Map<String, Object> document : documents(now)) {
      assertThat(names.add(document.get("kind") + " " + document.get("metadata"))).isTrue();
      assertThat(Yaml.writeJsonLine(document).length()).isLessThan(200_000);
      Class<?> kind = KINDS.get(String.valueOf(document.get("kind")));
      assertThat(KubernetesTypes.parse(document, kind)).isNotNull();
    }
    int typed = 0;
    for (Map<?, ?> patch : patches(now)) {
      XdsRules rules = new XdsRules();
      List<String> problems = rules.check(value(patch));
      typed += rules.typedConfigs();
      assertThat(rules.untyped()).as(patch.toString()).isEmpty();
      if (!merged(patch)) { // what is merged is not whole by itself
        assertThat(problems).as(patch.toString()).isEmpty();
      }
    }
    assertThat(typed).isGreaterThan(6);
  }

  @Test
  void filter_isOffButForTheHost_andBothItsRoutesTurnItOn() throws Exception {
    Set<String> on = new TreeSet<>();
    for (Map<?, ?> patch : patches(render("two-providers", "gateway"))) {
      switch (value(patch)) {
        case HttpFilter filter -> {
          assertThat(filter.getDisabled()).isTrue();
          on.add(filter.getName());
        }
        case Route route ->
            assertThat(route.getTypedPerFilterConfigMap()).containsOnlyKeys("dev.drover");
        default -> {}
      }
    }
    assertThat(on).containsExactly("dev.drover");
  }

  @Test
  void service_isCalledByTheMeshsOwnCluster_andASocketByOneOfOurs() throws Exception {
    assertThat(render("two-providers", "gateway"))
        .contains("cluster_name: outbound|9002||drover.llm.svc.cluster.local")
        .doesNotContain("drover_ext_proc");
    assertThat(render("unix-mixed-tls", "sidecar")).contains("name: drover_ext_proc", "pipe:");
  }

  @Test
  void aFieldThatIstioDoesNotKnow_isFound() throws Exception {
    Map<String, Object> wrong =
        documents(render("two-providers", "sidecar").replace("resolution: DNS", "resolutoin: DNS"))
            .stream()
            .filter(document -> "ServiceEntry".equals(document.get("kind")))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> KubernetesTypes.parse(wrong, ServiceEntry.class))
        .hasMessageContaining("resolutoin");
  }

  @Test
  void anAnyWithoutAType_isFound() throws Exception {
    Map<?, ?> route =
        Yaml.readMap(
            """
            applyTo: HTTP_ROUTE
            patch:
              operation: MERGE
              value:
                typed_per_filter_config:
                  dev.drover:
                    "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
                    config: {}
            """);
    XdsRules rules = new XdsRules();
    rules.check(value(route));
    assertThat(rules.untyped()).containsExactly(".typed_per_filter_config[0].value.config");
  }

  /** A host of RFC 3986, and a port: what a gRPC server may refuse a call without. */
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

  private static List<Object> authorities(Object tree) {
    List<Object> found = new ArrayList<>();
    switch (tree) {
      case Map<?, ?> map ->
          map.forEach(
              (key, value) -> {
                if ("envoy_grpc".equals(key)) {
                  found.add(((Map<?, ?>) value).get("authority"));
                }
                found.addAll(authorities(value));
              });
      case List<?> list -> list.forEach(each -> found.addAll(authorities(each)));
      case null, default -> {}
    }
    return found;
  }

  private static boolean isAuthority(Object value) {
    return value instanceof String text && AUTHORITY.matcher(text).matches();
  }

  private static Stream<Path> rendered() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(file -> file.toString().contains(".out.")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void everyCallByGrpc_namesAnAuthority(Path file) throws IOException {
    List<Object> authorities = authorities(documents(Files.readString(file)));
    assertThat(authorities).allMatch(IstioYamlTest::isAuthority);
    if (!file.toString().endsWith(".envoy-gateway.yaml")) { // which may be without a patch
      assertThat(authorities).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "envoy_grpc: { cluster_name: drover_ext_proc }",
        "envoy_grpc: { authority: drover_ext_proc }",
        "envoy_grpc: { authority: outbound|9002||drover.llm.svc.cluster.local }",
        "envoy_grpc: { authority: \"fd00::1\" }",
        "envoy_grpc: { authority: \"\" }"
      })
  void aCallWithoutAnAuthority_isFound(String call) {
    assertThat(authorities(Yaml.readMap(call))).hasSize(1).noneMatch(IstioYamlTest::isAuthority);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1:9002", "drover.llm.svc:9002", "[fd00::1]:9002"})
  void anAuthority_isOne(String authority) {
    assertThat(isAuthority(authority)).isTrue();
  }
}
