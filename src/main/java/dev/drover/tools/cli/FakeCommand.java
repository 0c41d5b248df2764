package dev.drover.tools.cli;

import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A fake provider by itself, for a data plane elsewhere. */
@Command(
    name = "fake",
    mixinStandardHelpOptions = true,
    description =
        "Run a fake provider that speaks OpenAI's API and takes any key; it costs nothing and knows nothing.")
public final class FakeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where it listens (default: ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:8000";

  @Option(
      names = "--latency-ms",
      description = "How long it takes to answer, in milliseconds (default: ${DEFAULT-VALUE}).")
  private int latencyMillis = 200;

  @Option(
      names = "--failure-share",
      description = "Share of requests that it fails with 500, 0.0 to 1.0 (default: 0).")
  private double failureShare;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (latencyMillis < 0 || latencyMillis > 600_000) {
      throw wrong("--latency-ms: " + latencyMillis + " (expected: 0 to 600000)");
    }
    if (!(failureShare >= 0 && failureShare <= 1)) {
      throw wrong("--failure-share: " + failureShare + " (expected: 0 to 1)");
    }
    Behaviour behaviour =
        Behaviour.always(Behaviour.Kind.ERROR_500)
            .withShare(failureShare)
            .withLatency(Duration.ofMillis(latencyMillis));
    try (FakeProvider fake = FakeProvider.at(at(), behaviour)) {
      System.out.println("Fake provider at " + fake.baseUrl() + ", stop with Ctrl-C.");
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private HostPort at() {
    try {
      return HostPort.parse(listen);
    } catch (IllegalArgumentException e) {
      throw wrong("--listen: " + listen + " (expected: host:port)");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
