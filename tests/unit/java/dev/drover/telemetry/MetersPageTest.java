package dev.drover.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.json.Yaml;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetersPageTest {
  private static final Path PAGE = Path.of("docs/reference/metrics.md");
  private static final Path RULES = Path.of("deploy/prometheus/rules.yaml");

  /** Details that tables and alerts have. */
  private static final Set<Meters> NOT_ON_THE_DASHBOARD =
      Set.of(
          Meters.SHADOWS,
          Meters.SHADOW_TOKENS,
          Meters.SHADOW_DURATION,
          Meters.PROBES,
          Meters.ROLLOUT_CHANGES,
          Meters.LEDGER_WAITING,
          Meters.REDIS_UP,
          Meters.ALERT_MESSAGES);

  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?:=~|!=|=)\"");
  private static final Pattern GROUPED = Pattern.compile("by \\(([^)]*)\\)");
  private static final Pattern METRIC = Pattern.compile("\\b(?:drover|gen_ai)_[a-z_]+");

  @Test
  void page_isGenerated() throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, MetersPage.text());
    }
    assertThat(Files.readString(PAGE)).isEqualTo(MetersPage.text());
  }

  @Test
  void names_areThoseOfARealRegistry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (Meters meter : Meters.values()) {
      Tags tags = meter.tags(meter.labels().toArray(String[]::new));
      switch (meter.type()) {
        case COUNTER ->
            Counter.builder(meter.meterName()).baseUnit(meter.unit()).tags(tags).register(registry);
        case TIMER ->
            Timer.builder(meter.meterName())
                .serviceLevelObjectives(meter.bounds())
                .tags(tags)
                .register(registry);
        default -> Gauge.builder(meter.meterName(), () -> 1).tags(tags).register(registry);
      }
    }
    List<String> scraped =
        registry
            .scrape()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceAll("[{ ].*", ""))
            .distinct()
            .toList();
    assertThat(scraped).containsExactlyInAnyOrderElementsOf(MetersPage.series());
  }

  private static List<?> list(Map<?, ?> in, String key) {
    return (List<?>) Objects.requireNonNull(in.get(key));
  }

  private static List<Map<?, ?>> rules() throws IOException {
    List<Map<?, ?>> rules = new ArrayList<>();
    for (Object group : list(Yaml.readMap(Files.readString(RULES)), "groups")) {
      for (Object rule : list((Map<?, ?>) group, "rules")) {
        rules.add((Map<?, ?>) rule);
      }
    }
    return rules;
  }

  /** Every metric and label of a PromQL expression is one of ours. */
  private static void assertKnown(String expr) {
    List<String> labels =
        Stream.concat(
                Stream.of("le"),
                Stream.of(Meters.values()).flatMap(meter -> meter.labels().stream()))
            .distinct()
            .toList();
    assertThat(METRIC.matcher(expr).results().map(MatchResult::group).toList())
        .as(expr)
        .isNotEmpty()
        .isSubsetOf(MetersPage.series());
    assertThat(LABEL.matcher(expr).results().map(m -> m.group(1)).toList())
        .as(expr)
        .isSubsetOf(labels);
    GROUPED
        .matcher(expr)
        .results()
        .forEach(m -> assertThat(m.group(1).split(", *")).as(expr).isSubsetOf(labels));
  }

  @Test
  void rules_askForMetricsThatThereAre() throws IOException {
    assertThat(rules()).hasSizeGreaterThan(10);
    for (Map<?, ?> rule : rules()) {
      assertKnown(String.valueOf(rule.get("expr")));
      assertThat(((Map<?, ?>) Objects.requireNonNull(rule.get("annotations"))).keySet())
          .isEqualTo(Set.of("summary", "action"));
    }
  }

  @Test
  void dashboard_asksForMetricsThatThereAre_andLeavesNoneOut() throws IOException {
    String text = Files.readString(Path.of("deploy/grafana/drover.json"));
    StringBuilder asked = new StringBuilder();
    int panels = 0;
    for (Object panel : list(Yaml.readMap(text), "panels")) {
      Object targets = ((Map<?, ?>) panel).get("targets");
      for (Object target : targets == null ? List.of() : (List<?>) targets) {
        String expr = String.valueOf(((Map<?, ?>) target).get("expr"));
        assertKnown(expr);
        asked.append(expr);
        panels++;
      }
    }
    assertThat(panels).isGreaterThan(30);
    for (Meters meter : Meters.values()) {
      if (!NOT_ON_THE_DASHBOARD.contains(meter)) {
        assertThat(asked).as("the dashboard").contains(meter.prometheusName());
      }
    }
  }

  @Test
  void rules_areSoundByPromtool() throws Exception {
    Path promtool = Path.of("/usr/bin/promtool");
    assumeTrue(Files.isExecutable(promtool), "promtool is not here: rules are not checked by it");
    Process check =
        new ProcessBuilder(promtool.toString(), "check", "rules", RULES.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }
}
