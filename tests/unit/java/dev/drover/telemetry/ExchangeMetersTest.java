package dev.drover.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.record.Caller;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.record.TraceContext;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExchangeMetersTest {
  private static final ExchangeRecord.Course COURSE =
      new ExchangeRecord.Course("00", "one", "one.example", "model", 0, 1000);
  static final ExchangeRecord RECORD =
      new ExchangeRecord(
          "id-1",
          TraceContext.NONE,
          new ExchangeRecord.Asked("chat", "gpt", true, "code", null, Map.of(), Caller.ANONYMOUS),
          List.of(
              new ExchangeRecord.AttemptRecord(
                  "a",
                  Outcome.FAILURE,
                  500,
                  1000,
                  Usage.estimated(3, 0),
                  new NanoDollars(300_000),
                  COURSE),
              new ExchangeRecord.AttemptRecord(
                  "b", Outcome.SUCCESS, 200, 2000, Usage.NONE, NanoDollars.ZERO, COURSE)),
          "b",
          "model-b",
          Ending.COMPLETE,
          200,
          null,
          null,
          new Usage(Usage.Status.COMPLETE, 10, 4, 0, 0, 5, 1, 15),
          new NanoDollars(1_500_000),
          new ExchangeRecord.Charge(18, new NanoDollars(1_800_000)),
          new ExchangeRecord.Cached("miss", NanoDollars.ZERO),
          new ExchangeRecord.Timing(Instant.EPOCH, 3_000_000_000L, 1_000_000_000L),
          2);

  @Test
  void record_movesTheMeters() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new ExchangeMeters(registry, new Exemplars()).finished(RECORD);
    assertThat(registry.scrape())
        .contains(
            "drover_exchanges_total{ending=\"complete\",model=\"gpt\",operation=\"chat\"} 1.0")
        .contains("drover_attempts_total{outcome=\"failure\",target=\"a\"} 1.0")
        .contains("drover_attempts_total{outcome=\"success\",target=\"b\"} 1.0")
        .contains("drover_fallbacks_total{model=\"gpt\",reason=\"failure\"} 1.0")
        .contains("drover_translation_dropped_fields_total{model=\"gpt\",target=\"b\"} 2.0")
        .contains(
            "gen_ai_client_token_usage_tokens_total{model=\"gpt\",target=\"b\",type=\"cached_input\"} 4.0")
        .contains("drover_cost_usd_total{model=\"gpt\",target=\"a\"} 3.0E-4")
        .contains("drover_cost_usd_total{model=\"gpt\",target=\"b\"} 0.0015")
        .contains(
            "gen_ai_server_request_duration_seconds_count{model=\"gpt\",operation=\"chat\"} 1")
        .contains("gen_ai_server_time_to_first_token_seconds_sum{target=\"b\"} 1.0")
        .contains("gen_ai_server_time_per_output_token_seconds_sum{target=\"b\"} 0.5");
  }

  /** As many as a large installation has, each model answered by each target. */
  @Test
  void scrapeOfFiftyModelsAndTwentyTargets_staysBelowAMegabyte() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ExchangeMeters meters = new ExchangeMeters(registry, new Exemplars());
    for (int model = 0; model < 50; model++) {
      for (int target = 0; target < 20; target++) {
        meters.finished(
            new ExchangeRecord(
                RECORD.id(),
                RECORD.trace(),
                new ExchangeRecord.Asked(
                    "chat", "model-" + model, true, "code", null, Map.of(), Caller.ANONYMOUS),
                RECORD.attempts(),
                "target-" + target,
                RECORD.providerModel(),
                RECORD.ending(),
                RECORD.status(),
                RECORD.code(),
                RECORD.decision(),
                RECORD.usage(),
                RECORD.cost(),
                RECORD.charged(),
                RECORD.cached(),
                RECORD.timing()));
      }
    }
    assertThat(registry.scrape().length()).isBetween(100_000, 1_000_000);
  }

  @Test
  void accessLine_isOneLineOfFacts() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AccessLog log = new AccessLog(new PrintStream(out, true, StandardCharsets.UTF_8));
    log.finished(RECORD);
    log.close();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .hasLineCount(1)
        .contains(
            "\"exchange\":\"id-1\"",
            "\"attempts\":[[\"a\",\"failure\",500,0],[\"b\",\"success\",200,0]]")
        .contains(
            "\"cost_usd\":\"0.0015\"", "\"charged_usd\":\"0.0018\"", "\"first_byte_ms\":1000");
  }

  @Test
  void accessLine_isDocumented() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("docs/reference/access-log.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();
    assertThat(documented).isEqualTo(List.copyOf(AccessLog.fields(RECORD).keySet()));
  }

  @Test
  void everyMeter_hasAMeaningThatSaysWhatToLookFor() {
    for (Meters meter : Meters.values()) {
      assertThat(meter.meaning()).as(meter.name()).endsWith(".").hasSizeGreaterThan(20);
      assertThat(meter.meterName()).matches("[a-z][a-z_.]+");
    }
  }
}
