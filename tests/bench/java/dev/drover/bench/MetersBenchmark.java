package dev.drover.bench;

import dev.drover.ledger.Events;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.telemetry.ExchangeMeters;
import dev.drover.telemetry.Exemplars;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Meters of 50 models, each answered by 20 targets: moving them, and reading them all. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MetersBenchmark {
  private static final int MODELS = 50;
  private static final int TARGETS = 20;

  private final Exemplars exemplars = new Exemplars();
  private final PrometheusMeterRegistry registry = Exemplars.registry(exemplars);
  private final ExchangeMeters meters = new ExchangeMeters(registry, exemplars);
  private final ExchangeRecord record = record("model-0", "target-0");

  /** Moves each meter once. */
  public MetersBenchmark() {
    for (int model = 0; model < MODELS; model++) {
      for (int target = 0; target < TARGETS; target++) {
        meters.finished(record("model-" + model, "target-" + target));
      }
    }
  }

  private static ExchangeRecord record(String model, String target) {
    Usage usage = new Usage(Usage.Status.COMPLETE, 10, 0, 0, 0, 5, 0, 15);
    ExchangeRecord one =
        Events.record("id", Instant.EPOCH, "team", Ending.COMPLETE, usage, new NanoDollars(7));
    ExchangeRecord.Asked asked = one.asked();
    return new ExchangeRecord(
        one.id(),
        one.trace(),
        new ExchangeRecord.Asked(
            asked.operation(), model, true, null, null, asked.tags(), asked.caller()),
        one.attempts(),
        target,
        one.providerModel(),
        one.ending(),
        one.status(),
        one.code(),
        one.decision(),
        one.usage(),
        one.cost(),
        one.charged(),
        one.cached(),
        one.timing());
  }

  /** What one exchange costs. */
  @Benchmark
  public void finished() {
    meters.finished(record);
  }

  /** What one scrape costs; the answer's size is in the unit tests. */
  @Benchmark
  public int scrape() {
    return registry.scrape().length();
  }
}
