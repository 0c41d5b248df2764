package dev.drover.bench;

import dev.drover.admission.Admission;
import dev.drover.admission.AdmissionController;
import dev.drover.admission.AdmissionRequest;
import dev.drover.admission.AuthResult;
import dev.drover.admission.Budgets;
import dev.drover.admission.Callers;
import dev.drover.admission.PresentedCredentials;
import dev.drover.admission.Quotas;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.Caller;
import dev.drover.testing.Configs;
import dev.drover.types.Ticker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
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

/** Admission with a key, two limits and two budgets, and its end. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AdmissionBenchmark {
  private static final String SECRET = "sk-drover-0123456789abcdef0123456789abcdef0123456789a";
  private static final String PLENTY =
      "limits: { requests_per_minute: 100000000, tokens_per_minute: 2000000000, in_flight: 1000000 }, budgets: [ { limit_usd: 1000000000 } ]";

  private final GatewayConfig config =
      Configs.load(
          Configs.THREE.replace("STRATEGY", "priority")
              + "teams: { search: { %s } }\nkeys: [ { id: a, sha256: \"%s\", team: search, %s } ]\n"
                  .formatted(PLENTY, Callers.sha256(SECRET), PLENTY));
  private final Callers callers = Callers.compile(config);
  private final InstantSource wall = InstantSource.system();
  private final AdmissionController controller =
      new AdmissionController(
          new Quotas(Ticker.system()), new Budgets(Map.of(), wall), Ticker.system(), wall);

  /** Takes the config up. */
  public AdmissionBenchmark() {
    controller.configure(config);
  }

  /** Who asks, whether there is room, and the end. */
  @Benchmark
  public Admission.Result admit() {
    Instant now = wall.instant();
    Caller caller =
        ((AuthResult.As)
                callers.identify(
                    new PresentedCredentials("Bearer " + SECRET, "", "", Map.of(), _ -> ""), now))
            .caller();
    Admission.Result result =
        controller.admit(
            new AdmissionRequest(
                caller, "chat", Map.of(), 10, 1000, new AdmissionRequest.Bound(10, 1000)));
    if (result instanceof Admission.Result.In(Admission admission)) {
      admission.end(10, 1000);
    }
    return result;
  }
}
