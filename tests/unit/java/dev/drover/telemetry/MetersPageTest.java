package dev.drover.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.config.Yaml;
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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetersPageTest {
  private static final Path PAGE = Path.of("deploy/reference/metrics.md");
  private static final Path RULES = Path.of("deploy/prometheus/rules.yaml");
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

  private static List<Map<?, ?>> rules() throws IOException {
    List<Map<?, ?>> rules = new ArrayList<>();
    for (Object group : (List<?>) Yaml.readMap(Files.readString(RULES)).get("groups")) {
      for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
        rules.add((Map<?, ?>) rule);
      }
    }
    return rules;
  }

  /** Label names and values are those that the meters declare and their words. */
  @Test
  void rules_askForMetricsThatThereAre() throws IOException {
    List<String> labels =
        Stream.of(Meters.values()).flatMap(meter -> meter.labels().stream()).distinct().toList();
    Pattern label = Pattern.compile("([a-z_]+)(?:=~|!=|=)\"");
    assertThat(rules()).hasSizeGreaterThan(10);
    for (Map<?, ?> rule : rules()) {
      String expr = String.valueOf(rule.get("expr"));
      Matcher metrics = METRIC.matcher(expr);
      assertThat(metrics.results().map(m -> m.group()).toList())
          .as(expr)
          .isNotEmpty()
          .isSubsetOf(MetersPage.series());
      assertThat(label.matcher(expr).results().map(m -> m.group(1)).toList())
          .as(expr)
          .isSubsetOf(labels);
      assertThat(((Map<?, ?>) rule.get("annotations")).keySet())
          .isEqualTo(Set.of("summary", "action"));
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
