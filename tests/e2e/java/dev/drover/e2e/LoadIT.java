package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.load.LoadPlan;
import dev.drover.tools.load.LoadReport;
import dev.drover.tools.load.LoadRun;
import dev.drover.tools.load.Shape;
import dev.drover.tools.standin.Ports;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code drover load} against a running gateway. */
class LoadIT {
  @TempDir private Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder);
  }

  @AfterEach
  void stop() throws Exception {
    rig.records();
    rig.close();
  }

  private static Map<String, Object> report(Path file) throws Exception {
    return Yaml.readMap(Files.readString(file));
  }

  private static double number(Object map, String key) {
    return ((Number) ((Map<?, ?>) map).get(key)).doubleValue();
  }

  private LoadRun run(int requests, int inFlight) throws InterruptedException {
    return run(new Shape.Closed(requests, inFlight));
  }

  private LoadRun run(Shape shape) throws InterruptedException {
    LoadRun run =
        new LoadRun(
            new LoadPlan(
                URI.create(rig.url() + Http.CHAT),
                Http.chat("chat"),
                Map.of(),
                Duration.ofSeconds(30),
                shape));
    run.run();
    return run;
  }

  /** The same from two sides: the client's, and the metrics'. */
  @Test
  void median_isThatOfTheMetrics() throws Exception {
    run(6, 3); // at the first requests of a test all parts are slow
    rig.first.behave(Behaviour.GOOD.withLatency(Duration.ofSeconds(2)));
    Map<String, Object> report = LoadReport.map(run(12, 3).tally());
    assertThat(number(report, "answered")).isEqualTo(12);
    assertThat(report.get("targets")).isEqualTo(Map.of("cheap", 12L));
    double median = number(report.get("whole_ms"), "p50");
    Matcher metric =
        Pattern.compile(
                "drover_target_latency_seconds\\{quantile=\"0.5\",target=\"cheap\"} ([0-9.]+)")
            .matcher(Http.get("http://" + rig.server.adminAddress() + "/metrics").body());
    assertThat(metric.find()).isTrue();
    assertThat(median / 1000)
        .as("what the client saw, which is no less than what the target took")
        .isGreaterThanOrEqualTo(0.95 * Double.parseDouble(metric.group(1)));
    assertThat(Double.parseDouble(metric.group(1))).isGreaterThanOrEqualTo(2);
    assertThat(rig.records()).hasSize(18);
  }

  /** The last thousand answers are those of the load: the console and the metrics are exact. */
  @Test
  void percentilesOfTheLoad_theConsole_andTheMetrics_agree() throws Exception {
    run(500, 20); // at the first requests all parts are slow
    rig.first.behave(Behaviour.GOOD.withLatency(Duration.ofSeconds(1)));
    Object load =
        LoadReport.map(run(new Shape.Open(80, Duration.ofSeconds(13))).tally()).get("whole_ms");
    String admin = "http://" + rig.server.adminAddress();
    Object console = Yaml.readJson(Http.get(admin + "/live").body()).get("duration_ms");
    String metrics = Http.get(admin + "/metrics").body();
    for (String each : List.of("p50", "p95", "p99")) {
      Matcher exact =
          Pattern.compile(
                  "drover_exchange_duration_seconds\\{quantile=\"0.%s\"} ([0-9.]+)"
                      .formatted(each.equals("p50") ? "5" : each.substring(1)))
              .matcher(metrics);
      assertThat(exact.find()).isTrue();
      assertThat(Double.parseDouble(exact.group(1)) * 1000 / number(console, each))
          .as(each)
          .isBetween(0.99, 1.01);
      assertThat(number(load, each))
          .as("what the client saw, which is no less: " + each + ": " + console + " and " + load)
          .isGreaterThanOrEqualTo(0.99 * number(console, each));
    }
    assertThat(rig.records()).hasSize(1_540);
  }

  @Test
  void streams_haveFirstBytes_tokens_andAPage() throws Exception {
    Path file = folder.resolve("load.html");
    assertThat(
            DroverProcess.run(
                "load",
                rig.url(),
                "--shape",
                "rate",
                "--per-second",
                "20",
                "--seconds",
                "1",
                "--stream",
                "--report",
                file.toString()))
        .contains("20 ended of 20 begun", "first byte")
        .doesNotContain("tokens         0 in");
    assertThat(Files.readString(file)).contains("<svg", "polyline").doesNotContain("http");
  }

  @Test
  void failures_areSortedByWhatTheyAre() throws Exception {
    Path file = folder.resolve("load.json");
    Process load =
        DroverProcess.start(
            "load", rig.url(), "--requests", "3", "--model", "nobody", "--report", file.toString());
    assertThat(load.waitFor()).isEqualTo(1);
    assertThat(report(file).get("failures")).isEqualTo(Map.of("404 model_not_found", 3));
  }

  @Test
  void interrupt_stopsItWithWhatItHas() throws Exception {
    Path file = folder.resolve("load.json");
    Process load =
        DroverProcess.start(
            "load", rig.url(), "--shape", "rate", "--seconds", "600", "--report", file.toString());
    for (int i = 0; i < 10; i++) {
      rig.record();
    }
    load.destroy(); // as Ctrl-C does, which a process in the background may be deaf to
    assertThat(load.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Map<String, Object> report = report(file);
    assertThat(number(report, "begun")).isGreaterThanOrEqualTo(10);
    assertThat(number(report, "seconds")).isLessThan(600);
  }

  /** A provider's bad day: traffic leaves it, nobody gets an error, and traffic comes back. */
  @Test
  @Tag("soak")
  void demoTraffic_showsHowTrafficGoesAround() throws Exception {
    Process demo =
        DroverProcess.start(
            "demo", "--traffic", "--act-seconds", "8", "--port", Integer.toString(Ports.free()));
    List<String> acts = new ArrayList<>();
    try (BufferedReader out = demo.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null && acts.size() < 6; line = out.readLine()) {
        if (line.matches("[0-9]+ .*")) {
          acts.add(line);
        }
      }
    } finally {
      demo.destroy();
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    String all = String.join("\n", acts);
    assertThat(acts).as(all).hasSize(6);
    assertThat(share(acts.get(0))).as(all).isGreaterThan(30);
    assertThat(share(acts.get(2))).as(all).isLessThan(30);
    assertThat(share(acts.get(3))).as(all).isLessThan(20);
    assertThat(share(acts.get(5))).as(all).isGreaterThan(share(acts.get(3)));
    assertThat(acts).as(all).allMatch(act -> act.matches(".* +[0-9]+ +0 +[0-9]+  .*"));
  }

  /** Percent of answers that came from deepseek. */
  private static int share(String act) {
    Matcher share = Pattern.compile("deepseek ([0-9]+) %").matcher(act);
    return share.find() ? Integer.parseInt(share.group(1)) : 0;
  }

  @Test
  void wrongOptions_areNamed() throws Exception {
    Process load = DroverProcess.start("load", "localhost:80");
    assertThat(load.waitFor()).isEqualTo(2);
    assertThat(new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("URL: localhost:80 (expected: http://host:port)");
  }
}
