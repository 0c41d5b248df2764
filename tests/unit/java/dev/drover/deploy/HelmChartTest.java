package dev.drover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.testing.Configs;
import dev.drover.testing.KubernetesTypes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Helm chart by real Helm; what it makes is read by typed models and by Drover itself. */
class HelmChartTest {
  private static final Path CHART = Path.of("deploy/helm/drover");
  private static final Path GOLDEN = Path.of("tests/golden/helm");
  private static final Map<String, Class<?>> KINDS =
      Map.ofEntries(
          Map.entry("ConfigMap", ConfigMap.class),
          Map.entry("Secret", Secret.class),
          Map.entry("Service", Service.class),
          Map.entry("ServiceAccount", ServiceAccount.class),
          Map.entry("Deployment", Deployment.class),
          Map.entry("HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("Ingress", Ingress.class),
          Map.entry("NetworkPolicy", NetworkPolicy.class),
          Map.entry("PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("PrometheusRule", PrometheusRule.class),
          Map.entry("ServiceMonitor", ServiceMonitor.class));

  @TempDir private Path folder;

  private static String render(Path values) {
    return new Helm(CHART)
        .template()
        .withName("llm")
        .withNamespace("llm")
        .withKubeVersion("1.31.0")
        .withValuesFile(values)
        .call();
  }

  /** The first resource of each kind; all are read. */
  private static Map<String, Map<String, Object>> resources(String yaml) {
    Map<String, Map<String, Object>> resources = new LinkedHashMap<>();
    for (String document : yaml.split("(?m)^---$", -1)) {
      if (document.lines().anyMatch(line -> line.startsWith("kind:"))) {
        Map<String, Object> tree = Yaml.readMap(document);
        resources.putIfAbsent(String.valueOf(tree.get("kind")), tree);
        assertThat(KubernetesTypes.parse(tree, KINDS.get(String.valueOf(tree.get("kind")))))
            .isNotNull();
      }
    }
    return resources;
  }

  private static GatewayConfig config(Map<String, Map<String, Object>> resources) {
    Map<?, ?> data = (Map<?, ?>) resources.getOrDefault("ConfigMap", Map.of()).get("data");
    return Configs.load(String.valueOf(data.get("drover.yaml")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service-trusted",
        "service-tls",
        "gateway",
        "gateway-ingress",
        "autoscaled",
        "monitored",
        "guarded",
        "bare",
        "placed"
      })
  void manifests_areAsRecorded_andReadStrictly_andDroverTakesItsConfig(String name)
      throws IOException {
    String now = render(GOLDEN.resolve(name + ".in.yaml"));
    Path golden = GOLDEN.resolve(name + ".out.yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, now);
    }
    assertThat(Files.readString(golden)).isEqualTo(now);
    Map<String, Map<String, Object>> resources = resources(now);
    GatewayConfig config = config(resources);
    assertThat(config.targets().get("gpt-4.1").contextWindow()).isEqualTo(1047576);
    assertThat(EnvoyBootstrap.yaml(config)).contains("drover|chat|gpt-4.1@");
  }

  @Test
  void pods_haveNoMoreThanTheyNeed() throws IOException {
    for (String name : List.of("service-tls", "gateway")) {
      Deployment deployment =
          KubernetesTypes.parse(
              resources(render(GOLDEN.resolve(name + ".in.yaml"))).get("Deployment"),
              Deployment.class);
      var pod = deployment.getSpec().getTemplate().getSpec();
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.getAutomountServiceAccountToken()).isFalse();
      var containers = new ArrayList<>(pod.getContainers());
      containers.addAll(pod.getInitContainers());
      assertThat(containers)
          .allMatch(each -> each.getSecurityContext().getReadOnlyRootFilesystem())
          .allMatch(each -> !each.getSecurityContext().getAllowPrivilegeEscalation())
          .allMatch(
              each -> each.getSecurityContext().getCapabilities().getDrop().equals(List.of("ALL")))
          .allMatch(each -> each.getResources().getLimits().containsKey("memory"));
      var drover =
          containers.stream()
              .filter(each -> each.getName().equals("drover"))
              .findFirst()
              .orElseThrow();
      assertThat(List.of(drover.getStartupProbe(), drover.getLivenessProbe()))
          .allMatch(probe -> probe.getHttpGet().getPath().startsWith("/health/"));
      assertThat(drover.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
    }
  }

  /** Envoy must not be without it at either end. */
  @Test
  void droverBesideEnvoy_beginsBeforeIt_andEndsAfterIt() throws IOException {
    var resources = resources(render(GOLDEN.resolve("gateway.in.yaml")));
    Deployment deployment = KubernetesTypes.parse(resources.get("Deployment"), Deployment.class);
    var pod = deployment.getSpec().getTemplate().getSpec();
    assertThat(pod.getContainers()).extracting("name").containsExactly("envoy");
    assertThat(pod.getInitContainers()).extracting("name").containsExactly("render", "drover");
    assertThat(pod.getInitContainers().getLast().getRestartPolicy()).isEqualTo("Always");
    assertThat(pod.getContainers().getFirst().getLifecycle().getPreStop().getExec().getCommand())
        .anyMatch(line -> line.contains("POST /drain_listeners?graceful&skip_exit"));
  }

  @Test
  void grace_outlastsTheDrain() throws IOException {
    var resources = resources(render(GOLDEN.resolve("service-tls.in.yaml")));
    Deployment deployment = KubernetesTypes.parse(resources.get("Deployment"), Deployment.class);
    assertThat(deployment.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
        .isGreaterThan(config(resources).server().drain().toSeconds());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replica: 3",
        "autoscaling: { enabledd: true }",
        "replicas: many",
        "mode: sidecar",
        "config: { keys: [] }",
        "server: { listen: \"0.0.0.0:1\" }",
        "trustedNetwork: false",
        "ingress: { enabled: true, host: x }",
        "networkPolicy: { mesh: perhaps }",
        "autoscaling: { enabled: true, cpu: 0 }",
        "secrets: { existingSecret: \"\", values: { openai: x } }",
        "image: { repository: \"\" }"
      })
  void wrongValues_failWithTheirName(String line) throws IOException {
    Path values = folder.resolve("values.yaml");
    Files.writeString(values, Files.readString(GOLDEN.resolve("bare.in.yaml")));
    Path wrong = folder.resolve("wrong.yaml");
    Files.writeString(wrong, line + "\n");
    String key = line.replaceFirst("[:{].*", "").strip();
    assertThatThrownBy(
            () ->
                new Helm(CHART)
                    .template()
                    .withName("llm")
                    .withKubeVersion("1.31.0")
                    .withValuesFile(values)
                    .withValuesFile(wrong)
                    .call())
        .hasMessageContaining(key);
  }

  @Test
  void chart_isSoundByHelmsLinter() {
    LintResult result = new Helm(CHART).lint().call();
    assertThat(result.isFailed()).isFalse();
    assertThat(result.getMessages())
        .noneMatch(message -> message.contains("[ERROR]") || message.contains("[WARNING]"));
  }

  @Test
  void rules_areThoseOfPrometheus() throws IOException {
    Path rules = CHART.resolve("files/rules.yaml");
    String here = Files.readString(Path.of("deploy/prometheus/rules.yaml"));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(rules, here);
    }
    assertThat(Files.readString(rules)).isEqualTo(here);
  }

  /** Each value with its default and what is said above it. */
  @Test
  void readme_hasATableOfTheValues() throws IOException {
    Path readme = CHART.resolve("README.md");
    String text = Files.readString(readme);
    String head = text.substring(0, text.indexOf("| value |"));
    String now = head + table();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(readme, now);
    }
    assertThat(Files.readString(readme)).isEqualTo(now);
  }

  private static String table() throws IOException {
    StringBuilder table = new StringBuilder("| value | default | what it is |\n|---|---|---|\n");
    String section = "";
    String said = "";
    for (String line : Files.readAllLines(CHART.resolve("values.yaml"))) {
      String stripped = line.strip();
      if (stripped.startsWith("# -- ")) {
        said = stripped.substring("# -- ".length());
      } else if (!stripped.isEmpty() && !said.isEmpty()) {
        String key = stripped.substring(0, stripped.indexOf(':'));
        String value = stripped.substring(stripped.indexOf(':') + 1).strip();
        String path = line.startsWith(" ") ? section + "." + key : key;
        table.append(
            "| `%s` | %s | %s |\n"
                .formatted(path, value.isEmpty() ? "see values.yaml" : "`" + value + "`", said));
        said = "";
      }
      if (!line.startsWith(" ") && line.endsWith(":")) {
        section = line.substring(0, line.length() - 1);
      }
    }
    return table.toString();
  }
}
