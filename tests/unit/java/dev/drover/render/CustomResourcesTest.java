package dev.drover.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.testing.Configs;
import dev.drover.testing.CustomResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that is rendered for Istio and for Envoy Gateway, checked by their own
 * CustomResourceDefinitions as an API server would.
 */
class CustomResourcesTest {
  private static final Path GOLDEN = Path.of("tests/golden");
  private static final Path EXAMPLES = Path.of("deploy/examples");
  private static CustomResources definitions;

  @BeforeAll
  static void readDefinitions() throws IOException {
    String folder = System.getenv(CustomResources.FOLDER);
    assumeTrue(
        folder != null,
        CustomResources.FOLDER
            + " is not set: it names a folder with the CustomResourceDefinitions of Istio and of"
            + " Envoy Gateway, without which nothing is checked here.");
    definitions = CustomResources.load(Path.of(folder));
  }

  private static IstioPlace gateway(String name) {
    return new IstioPlace(
        "drover",
        "istio-ingress",
        name,
        Map.of("istio", "ingressgateway"),
        "llm.example.com",
        443,
        "drover.llm.svc.cluster.local:9002",
        false,
        false);
  }

  private static IstioPlace sidecar(boolean serviceEntries) {
    return new IstioPlace(
        "drover",
        "apps",
        null,
        Map.of("app", "chat"),
        "llm.apps.svc.cluster.local",
        80,
        null,
        serviceEntries,
        serviceEntries);
  }

  private static EnvoyGatewayPlace envoyGateway(String listener, String serviceNamespace) {
    boolean https = listener.equals("https");
    return new EnvoyGatewayPlace(
        "drover",
        "edge",
        "public",
        listener,
        https,
        "llm.example.com",
        "drover",
        serviceNamespace,
        9002);
  }

  private static List<String> problems(String yaml) {
    List<String> problems = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Map<String, Object> resource : CustomResources.documents(yaml)) {
      Map<?, ?> metadata = (Map<?, ?>) Objects.requireNonNull(resource.get("metadata"));
      String name =
          "%s %s/%s"
              .formatted(resource.get("kind"), metadata.get("namespace"), metadata.get("name"));
      if (!names.add(name)) {
        problems.add(name + ": there twice");
      }
      definitions.problems(resource).forEach(each -> problems.add(name + ": " + each));
    }
    return problems;
  }

  @Test
  void everySchemaAndEveryRule_isUnderstood() {
    assertThat(definitions.size()).isGreaterThan(40);
    assertThat(definitions.notUnderstood()).isEmpty();
  }

  private static List<Path> goldenFiles() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files
          .filter(file -> file.toString().matches(".*\\.out\\.(istio-.*|envoy-gateway)\\.yaml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("goldenFiles")
  void goldenFile_isTaken(Path file) throws IOException {
    assertThat(problems(Files.readString(file))).isEmpty();
  }

  private static GatewayConfig example(String name) throws IOException {
    return Configs.load(Files.readString(EXAMPLES.resolve(name).resolve("drover.yaml")));
  }

  /** The output of the commands of the examples. */
  @Test
  void examples_areTaken() throws IOException {
    assertThat(problems(IstioYaml.yaml(example("istio-gateway"), gateway("public")))).isEmpty();
    assertThat(problems(IstioYaml.yaml(example("istio-sidecar"), sidecar(false)))).isEmpty();
    EnvoyGatewayPlace place = envoyGateway("http", "llm");
    assertThat(problems(EnvoyGatewayYaml.yaml(example("envoy-gateway"), place))).isEmpty();
  }

  /** The parts of a config beside its version and Envoy's part. */
  private static Map<String, String> variants() {
    Map<String, String> variants = new LinkedHashMap<>();
    variants.put("plain", of(List.of("https://one.example/v1"), "timeout: 30s"));
    variants.put("a long timeout", of(List.of("https://one.example/v1"), "timeout: 100s"));
    variants.put("an odd timeout", of(List.of("https://one.example/v1"), "timeout: 3599900ms"));
    variants.put(
        "IPv6 providers",
        of(
            List.of(
                "http://[fd00::1]:8000/v1", "http://[2001:db8:0:1:2:3:4:7]:80", "http://10.0.0.7"),
            "timeout: 30s"));
    variants.put(
        "IPv6 providers with long ends",
        of(List.of("http://[::1]:8000/v1", "http://[2001:db8::1:2:3]:8000/v1"), "timeout: 30s"));
    variants.put(
        "hosts that differ in dots",
        of(List.of("https://a-b.example", "https://a.b-example", "http://vllm"), "timeout: 30s"));
    variants.put("a host in capitals", of(List.of("https://LLM.Example/v1"), "timeout: 30s"));
    variants.put("a host with a last dot", of(List.of("https://llm.example./v1"), "timeout: 30s"));
    variants.put(
        "odd paths",
        of(
            List.of("https://one.example:8443/~a/b@c:d/v1beta1", "https://two.example/a%20b/v1"),
            "timeout: 30s"));
    variants.put(
        "a path with two slashes", of(List.of("https://one.example/a//v1"), "timeout: 30s"));
    variants.put(
        "40 targets",
        of(
            IntStream.range(0, 40).mapToObj("https://host-%d.example/v1"::formatted).toList(),
            "timeout: 30s"));
    return variants;
  }

  /** A provider and a target for each base URL, a model for each two targets, and one for all. */
  private static String of(List<String> baseUrls, String target) {
    StringBuilder providers = new StringBuilder("providers:\n");
    StringBuilder targets = new StringBuilder("targets:\n");
    StringBuilder models = new StringBuilder("models:\n");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < baseUrls.size(); i++) {
      String name = "T_" + i + ".x";
      names.add(name);
      providers.append("  p%d: { base_url: \"%s\" }\n".formatted(i, baseUrls.get(i)));
      targets.append(
          "  %s: { provider: p%d, model: m, price: { input: 1, output: 1 }, %s }\n"
              .formatted(name, i, target));
      models.append(
          "  org/m:%d: { targets: %s, timeout: 1h }\n"
              .formatted(i, names.subList(Math.max(0, i - 1), i + 1)));
    }
    models.append("  all: { targets: %s, max_attempts: 2, timeout: 1h }\n".formatted(names));
    return providers.append(targets).append(models).toString();
  }

  private static List<Arguments> configs() {
    List<Arguments> all = new ArrayList<>();
    variants()
        .forEach(
            (name, rest) -> {
              for (String filters : List.of("one", "two")) {
                for (String more : List.of("", ", message_timeout: 2500ms, pass_through: T_0.x")) {
                  all.add(
                      Arguments.of(
                          name + ", filters: " + filters + more,
                          "version: 1\nenvoy: { filters: %s%s }\n%s"
                              .formatted(filters, more, rest)));
                }
              }
            });
    return all;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("configs")
  void variant_isTaken(String name, String yaml) {
    GatewayConfig config = Configs.load(yaml);
    List<String> problems = new ArrayList<>();
    problems.addAll(problems(IstioYaml.yaml(config, gateway("istio-ingress/public"))));
    problems.addAll(problems(IstioYaml.yaml(config, sidecar(true))));
    problems.addAll(problems(EnvoyGatewayYaml.yaml(config, envoyGateway("http", "llm"))));
    problems.addAll(problems(EnvoyGatewayYaml.yaml(config, envoyGateway("https", "edge"))));
    assertThat(problems).as(name).isEmpty();
  }

  private static final String SOUND =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: { name: chat.v1, namespace: edge, labels: { app.kubernetes.io/name: chat } }
      spec:
        parentRefs:
        - { name: public, namespace: edge, sectionName: https }
        - { name: public, namespace: other, sectionName: https }
        hostnames: [ llm.example.com ]
        rules:
        - matches:
          - path: { type: Exact, value: /v1/chat }
          filters:
          - { type: URLRewrite, urlRewrite: { hostname: api.example.com } }
          backendRefs: [ { name: llm, port: 80 } ]
          timeouts: { request: 0s }
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: { name: public, namespace: edge }
      spec:
        gatewayClassName: envoy
        listeners:
        - { name: http, port: 80, protocol: HTTP }
        - { name: other, port: 81, protocol: HTTP }
      ---
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: ClientTrafficPolicy
      metadata: { name: clients, namespace: edge }
      spec:
        targetRefs: [ { group: gateway.networking.k8s.io, kind: Gateway, name: public } ]
        headers: { earlyRequestHeaders: { remove: [ x-one, x-two ] } }
      ---
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: BackendTrafficPolicy
      metadata: { name: chat, namespace: edge }
      spec:
        targetRefs: [ { group: gateway.networking.k8s.io, kind: HTTPRoute, name: chat } ]
        connection: { bufferLimit: 1Mi }
        retry:
          perRetry: { timeout: 120s }
          retryOn: { triggers: [ connect-failure ] }
      ---
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: EnvoyExtensionPolicy
      metadata: { name: chat, namespace: edge }
      spec:
        targetRefs: [ { group: gateway.networking.k8s.io, kind: HTTPRoute, name: chat } ]
        extProc:
        - backendRefs: [ { name: drover, port: 9002 } ]
          messageTimeout: 2500ms
          processingMode: { request: { body: Buffered } }
      ---
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: Backend
      metadata: { name: llm, namespace: edge }
      spec:
        endpoints: [ { fqdn: { hostname: api.example.com, port: 443 } } ]
      ---
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: HTTPRouteFilter
      metadata: { name: down, namespace: edge }
      spec:
        directResponse:
          statusCode: 503
          body: { type: Inline, inline: down }
      ---
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: EnvoyPatchPolicy
      metadata: { name: patch, namespace: edge }
      spec:
        targetRef: { group: gateway.networking.k8s.io, kind: Gateway, name: public }
        type: JSONPatch
        jsonPatches:
        - type: type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: llm
          operation: { op: add, path: "", value: { anything: [ 1 ] } }
      ---
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: { name: filter, namespace: apps }
      spec:
        configPatches:
        - applyTo: CLUSTER
          patch: { operation: ADD, value: { anything: 1 } }
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: api, namespace: apps }
      spec:
        hosts: [ api.example.com ]
        resolution: DNS
        ports:
        - { number: 80, name: http, protocol: HTTP }
        - { number: 443, name: tls, protocol: TLS }
      ---
      apiVersion: extensions.istio.io/v1alpha1
      kind: WasmPlugin
      metadata: { name: plugin, namespace: apps }
      spec: { url: "oci://registry.example/plugin:1" }
      """;

  @Test
  void soundResources_areTaken() {
    assertThat(problems(SOUND)).isEmpty();
  }

  /** A kind of the sound resources, what is replaced in it, and what is then wrong where. */
  private static List<Arguments> faults() {
    String match = "    - path: { type: Exact, value: /v1/chat }\n";
    String rule = "  - backendRefs: [ { name: llm, port: 80 } ]\n";
    return List.of(
        Arguments.of(
            "unknown field",
            "HTTPRoute",
            "port: 80",
            "prot: 80",
            "/spec/rules/0/backendRefs/0",
            "prot"),
        Arguments.of(
            "unknown field of the spec",
            "Backend",
            "  endpoints",
            "  more: 1\n  endpoints",
            "/spec",
            "more"),
        Arguments.of(
            "wrong type",
            "Backend",
            "port: 443",
            "port: \"443\"",
            "/spec/endpoints/0/fqdn/port",
            "integer"),
        Arguments.of(
            "no number or text",
            "BackendTrafficPolicy",
            "1Mi",
            "[]",
            "/spec/connection/bufferLimit",
            "array"),
        Arguments.of(
            "missing field",
            "HTTPRoute",
            "- { name: public, namespace: other, ",
            "- { ",
            "/spec/parentRefs/1",
            "'name'"),
        Arguments.of(
            "a null is no value",
            "Backend",
            "hostname: api.example.com",
            "hostname: null",
            "/spec/endpoints/0/fqdn",
            "'hostname'"),
        Arguments.of(
            "enum",
            "ServiceEntry",
            "resolution: DNS",
            "resolution: DSN",
            "/spec/resolution",
            "DNS"),
        Arguments.of(
            "pattern: no fraction",
            "EnvoyExtensionPolicy",
            "2500ms",
            "2.500s",
            "/spec/extProc/0/messageTimeout",
            "pattern"),
        Arguments.of(
            "pattern: five digits",
            "BackendTrafficPolicy",
            "120s",
            "120000ms",
            "/spec/retry/perRetry/timeout",
            "pattern"),
        Arguments.of(
            "range", "Backend", "port: 443", "port: 70000", "/spec/endpoints/0/fqdn/port", "65535"),
        Arguments.of(
            "format",
            "EnvoyPatchPolicy",
            "  type: JSONPatch",
            "  priority: 3000000000\n  type: JSONPatch",
            "/spec/priority",
            "2147483647"),
        Arguments.of(
            "65 matches", "HTTPRoute", match, match.repeat(65), "/spec/rules/0/matches", "64"),
        Arguments.of(
            "17 rules",
            "HTTPRoute",
            "  rules:\n",
            "  rules:\n" + rule.repeat(16),
            "/spec/rules",
            "16"),
        Arguments.of(
            "too few items",
            "Backend",
            "[ { fqdn: { hostname: api.example.com, port: 443 } } ]",
            "[]",
            "/spec/endpoints",
            "1"),
        Arguments.of(
            "key twice", "Gateway", "name: other", "name: http", "/spec/listeners/1", "twice"),
        Arguments.of(
            "item twice",
            "ClientTrafficPolicy",
            "x-two",
            "x-one",
            "/spec/headers/earlyRequestHeaders/remove/1",
            "twice"),
        Arguments.of(
            "rule",
            "HTTPRouteFilter",
            "inline: down",
            "valueRef: { group: \"\", kind: ConfigMap, name: x }",
            "/spec/directResponse/body",
            "inline must be set for type Inline"),
        Arguments.of(
            "rule of items",
            "Backend",
            "fqdn: {",
            "ip: { address: 10.0.0.7, port: 1 }, fqdn: {",
            "/spec/endpoints/0",
            "only one of fqdn, ip or unix"),
        Arguments.of(
            "rule with a default",
            "HTTPRoute",
            "type: Exact, value: /v1",
            "value: v1",
            "/spec/rules/0/matches/0/path",
            "must be an absolute path"),
        Arguments.of(
            "rule with an escaped name",
            "HTTPRoute",
            "namespace: other",
            "namespace: edge",
            "/spec/parentRefs",
            "unique"),
        Arguments.of(
            "rule with a function",
            "WasmPlugin",
            "oci:",
            "ftp:",
            "/spec/url",
            "url must have schema"),
        Arguments.of("name", "HTTPRoute", "chat.v1", "Chat_v1", "/metadata/name", "Chat_v1"),
        Arguments.of(
            "label",
            "HTTPRoute",
            "name: chat }",
            "name: \"-\" }",
            "/metadata/labels/app.kubernetes.io/name",
            "label"),
        Arguments.of(
            "unknown metadata",
            "HTTPRoute",
            "chat.v1,",
            "chat.v1, labls: {},",
            "/metadata/labls",
            "unknown"),
        Arguments.of(
            "unknown version",
            "HTTPRoute",
            "k8s.io/v1",
            "k8s.io/v2",
            "/kind",
            "gateway.networking.k8s.io/v2"),
        Arguments.of(
            "unknown kind", "EnvoyFilter", "EnvoyFilter", "EnvoyFlter", "/kind", "EnvoyFlter"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void fault_isRefused(String name, String kind, String from, String to, String path, String word) {
    String sound =
        Stream.of(SOUND.split("(?m)^---\n"))
            .filter(text -> text.contains("kind: " + kind + "\n"))
            .findFirst()
            .orElseThrow();
    assertThat(sound).contains(from);
    Map<String, Object> faulty = CustomResources.documents(sound.replace(from, to)).getFirst();
    assertThat(definitions.problems(faulty))
        .as(name)
        .anyMatch(problem -> problem.startsWith(path + ": ") && problem.contains(word));
  }
}
