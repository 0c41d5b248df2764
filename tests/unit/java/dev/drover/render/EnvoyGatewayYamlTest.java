package dev.drover.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.PlanCluster;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.testing.Configs;
import dev.drover.testing.KubernetesTypes;
import dev.drover.xds.EnvoyTypes;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendTLSPolicy;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Gateway API's kinds are read by typed models; Envoy Gateway's own, which no library types,
 * are checked by {@link CustomResourcesTest}.
 */
class EnvoyGatewayYamlTest {
  private static final Path GOLDEN = Path.of("tests/golden");
  private static final EnvoyGatewayPlace PLACE =
      new EnvoyGatewayPlace(
          "drover", "edge", "public", "https", true, "llm.example.com", "drover", "llm", 9002);

  private static final Map<String, Class<? extends HasMetadata>> TYPED =
      Map.of(
          "HTTPRoute", HTTPRoute.class,
          "BackendTLSPolicy", BackendTLSPolicy.class,
          "ReferenceGrant", ReferenceGrant.class);

  private static GatewayConfig config(String name) throws IOException {
    return Configs.load(Files.readString(GOLDEN.resolve(name + ".in.yaml")));
  }

  private static List<Map<String, Object>> resources(String yaml) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String document : yaml.split("(?m)^---$", -1)) {
      all.add(Yaml.readMap(document));
    }
    return all;
  }

  private static Map<?, ?> map(Map<?, ?> in, String key) {
    return (Map<?, ?>) Objects.requireNonNull(in.get(key));
  }

  private static void sound(Map<String, Object> resource) {
    String kind = String.valueOf(resource.get("kind"));
    if (TYPED.containsKey(kind)) {
      assertThat(KubernetesTypes.parse(resource, TYPED.get(kind))).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"one-filter", "two-providers", "shadow-rollout", "pass-through", "minimal"})
  void resources_areAsRecorded_andSound(String name) throws Exception {
    String now = EnvoyGatewayYaml.yaml(config(name), PLACE);
    Path golden = GOLDEN.resolve(name + ".out.envoy-gateway.yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, now);
    }
    assertThat(Files.readString(golden)).isEqualTo(now);
    resources(now).forEach(EnvoyGatewayYamlTest::sound);
    for (Map<?, ?> patch : patches(now)) {
      XdsRules rules = new XdsRules();
      assertThat(rules.check(value(patch))).isEmpty();
    }
  }

  private static List<Map<?, ?>> patches(String yaml) {
    List<Map<?, ?>> all = new ArrayList<>();
    for (Map<String, Object> resource : resources(yaml)) {
      if (map(resource, "spec").get("jsonPatches") instanceof List<?> list) {
        list.forEach(each -> all.add((Map<?, ?>) each));
      }
    }
    return all;
  }

  private static Message value(Map<?, ?> patch) throws IOException {
    Map<?, ?> operation = map(patch, "operation");
    Object value = Objects.requireNonNull(operation.get("value"));
    String path = String.valueOf(operation.get("path"));
    Message.Builder builder =
        switch (String.valueOf(patch.get("type"))) {
          case "type.googleapis.com/envoy.config.cluster.v3.Cluster" -> Cluster.newBuilder();
          case "type.googleapis.com/envoy.config.listener.v3.Listener" -> ofListener(path);
          case "type.googleapis.com/envoy.config.route.v3.RouteConfiguration" -> ofRoutes(path);
          default -> throw new IOException(patch.get("type") + ": not expected");
        };
    Message message = EnvoyTypes.parse(Yaml.writeJson(value), builder);
    if (message instanceof Cluster cluster) {
      assertThat(cluster.getName()).isEqualTo(patch.get("name"));
      EnvoyBootstrapTest.hasHeadroom(cluster);
    }
    return message;
  }

  private static Message.Builder ofListener(String path) throws IOException {
    return switch (path) {
      case "" -> HttpFilter.newBuilder();
      case "/early_header_mutation_extensions/-" -> TypedExtensionConfig.newBuilder();
      case "/local_reply_config/mappers/-" -> ResponseMapper.newBuilder();
      default -> throw new IOException(path + ": not expected");
    };
  }

  private static Message.Builder ofRoutes(String path) throws IOException {
    if (path.startsWith("/typed_per_filter_config/")) {
      return Any.newBuilder();
    }
    return switch (path) {
      case "/request_body_buffer_limit" -> UInt32Value.newBuilder();
      case "/routes/0" -> Route.newBuilder();
      default -> throw new IOException(path + ": not expected");
    };
  }

  @Test
  void decidedRoute_isTheFirstInTheEnd_sinceEachIsPutBeforeTheOthers() throws Exception {
    List<Map<?, ?>> patches = patches(EnvoyGatewayYaml.yaml(config("two-providers"), PLACE));
    assertThat(((Route) value(patches.getLast())).getName()).isEqualTo("decided");
  }

  @Test
  void everyPlan_leadsToItsTarget() throws Exception {
    String yaml = EnvoyGatewayYaml.yaml(config("one-filter"), PLACE);
    assertThat(yaml)
        .containsPattern("value: drover\\|chat\\|deepseek@[0-9a-f]{8}")
        .contains("hostname: api.openai.com");
    assertThat(yaml.split("kind: HTTPRoute\n", -1)).hasSizeGreaterThan(3);
  }

  /** A match of a route, and the rule's backend; empty: answered at once. */
  private record Match(String path, String plan, String backend) {}

  private static List<Match> matches(String yaml) {
    List<Match> all = new ArrayList<>();
    for (Map<String, Object> resource : resources(yaml)) {
      if ("HTTPRoute".equals(resource.get("kind"))) {
        HTTPRoute route = KubernetesTypes.parse(resource, HTTPRoute.class);
        for (var rule : route.getSpec().getRules()) {
          String backend =
              rule.getBackendRefs().isEmpty() ? "" : rule.getBackendRefs().getFirst().getName();
          for (var match : rule.getMatches()) {
            assertThat(match.getPath().getType()).isIn("Exact", "RegularExpression");
            String plan =
                match.getHeaders().isEmpty() ? "" : match.getHeaders().getFirst().getValue();
            all.add(new Match(match.getPath().getValue(), plan, backend));
          }
        }
      }
    }
    return all;
  }

  /** Of exact paths the one with more headers wins, in the Gateway API's order. */
  private static String chosen(List<Match> matches, String path, String plan) {
    return matches.stream()
        .filter(match -> match.path.equals(path))
        .filter(match -> match.plan.isEmpty() || match.plan.equals(plan))
        .max(Comparator.comparingInt(match -> match.plan.length()))
        .orElseThrow()
        .backend;
  }

  @Test
  void decidedRequests_getToTheirTarget_thoughOtherRoutesHaveTheirPathToo() throws Exception {
    for (String name : List.of("one-filter", "pass-through")) {
      GatewayConfig config =
          Configs.load(
              Files.readString(GOLDEN.resolve(name + ".in.yaml"))
                  .replaceFirst("(?m)^envoy:$", "envoy:\n  filters: one"));
      assertThat(config.envoy().fallbacks()).isFalse();
      List<Match> matches = matches(EnvoyGatewayYaml.yaml(config, PLACE));
      Catalog catalog = Catalog.compile(config, Credentials.offline(new Secrets(_ -> null)));
      for (var model : catalog.models()) {
        for (PlanCluster plan : model.plans().all()) {
          var target = plan.targets().getFirst();
          String host = target.provider().host().replace('.', '-');
          for (String suffix : List.of("/chat/completions", "/embeddings", "/completions")) {
            assertThat(chosen(matches, target.provider().basePath() + suffix, plan.name()))
                .startsWith("drover-" + host);
          }
        }
      }
      assertThat(matches).anyMatch(match -> match.plan.isEmpty());
    }
  }

  @Test
  void namesThatDifferInDots_staySo_andSoDoProvidersThatDifferInTls() {
    String yaml =
        EnvoyGatewayYaml.yaml(
            Configs.load(
                """
                version: 1
                envoy: { filters: one }
                providers:
                  a: { base_url: "http://a-b.x:8000/v1" }
                  b: { base_url: "http://a.b-x:8000/v1" }
                  c: { base_url: "https://a.b-x:8000/v1" }
                  d: { base_url: "http://[fd00::1]:8000/v1" }
                targets:
                  t.1: { provider: a, model: m, price: { input: 1, output: 1 }, timeout: 7s }
                  t-1: { provider: b, model: m, price: { input: 1, output: 1 } }
                  t2_: { provider: c, model: m, price: { input: 1, output: 1 } }
                  t3: { provider: d, model: m, price: { input: 1, output: 1 } }
                models: { chat: { targets: [t.1, t-1, t2_, t3] } }
                """),
            PLACE);
    List<String> names = new ArrayList<>();
    for (Map<String, Object> resource : resources(yaml)) {
      String name = String.valueOf(map(resource, "metadata").get("name"));
      assertThat(name).matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
      names.add(resource.get("kind") + " " + name);
    }
    assertThat(names).doesNotHaveDuplicates();
    assertThat(names.stream().filter(name -> name.startsWith("Backend "))).hasSize(4);
    assertThat(yaml).contains("address: fd00:0:0:0:0:0:0:1", "timeout: 7s").doesNotContain("[fd00");
  }
}
