package dev.drover.bench;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.Decision;
import dev.drover.routing.Origin;
import dev.drover.routing.RoutingHints;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.testing.Configs;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One decision over 8 targets with 20 policies, of which the last one holds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {
  private static final int TARGETS = 8;
  private static final int POLICIES = 20;

  @Param({"cost-optimal", "latency-optimal", "balanced", "weighted"})
  private String strategy = "";

  private Ruleset ruleset = null;
  private RoutingRequest routingRequest = null;

  /** Compiles the config and lets every target be heard of. */
  @Setup
  public void prepare() {
    GatewayConfig config = Configs.load(config());
    Ticker ticker = Ticker.system();
    InstantSource wall = InstantSource.system();
    ruleset =
        Ruleset.compile(
            1, config, Configs.credentials(), RuntimeState.fresh(ticker, wall), ticker, wall);
    String body =
        "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + "Write a function. ".repeat(100)
            + "\"}]}";
    RequestFacts facts = Requests.facts(body);
    Origin origin =
        Origin.of("spiffe://mesh.example/ns/search/sa/indexer", () -> Map.of("x-team", "search"));
    routingRequest =
        ruleset.routingRequest(
            "0123456789abcdef",
            Dialects.usual(),
            ruleset.catalog().model("chat"),
            facts,
            Bytes.utf8(body),
            RoutingHints.NONE,
            origin);
    for (var target : ruleset.catalog().targets()) {
      for (int i = 0; i < 10; i++) {
        ruleset.estimates().observe(target, facts, 1_000_000, 300_000_000, 300);
      }
    }
  }

  private String config() {
    StringBuilder yaml =
        new StringBuilder(
            "version: 1\nproviders: { p: { base_url: \"https://p.example/v1\" } }\ntargets:\n");
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < TARGETS; i++) {
      yaml.append(
          "  t%d: { provider: p, model: m%d, price: { input: %d, output: 2 }, context_window: 100000 }\n"
              .formatted(i, i, i + 1));
      names.append(i == 0 ? "t" : ", t").append(i);
    }
    yaml.append("models: { chat: { targets: [%s], strategy: %s } }\n".formatted(names, strategy));
    yaml.append("policies:\n");
    for (int i = 1; i < POLICIES; i++) {
      yaml.append(
          "  - { name: p%d, when: 'k8s_namespace == \"ns-%d\" && task == \"code\" && estimated_tokens > %d', deny_targets: [t0] }\n"
              .formatted(i, i, i));
    }
    return yaml.append(
            "  - { name: last, when: 'spiffe_id.startsWith(\"spiffe://mesh.example/\")' }\n")
        .toString();
  }

  /** The decision. */
  @Benchmark
  public Decision decide() {
    return ruleset.router().decide(routingRequest);
  }
}
