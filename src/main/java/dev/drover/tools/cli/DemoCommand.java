package dev.drover.tools.cli;

import dev.drover.tools.fake.Behaviour;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the main job on one machine, with no Envoy and no keys. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Run Drover, fake providers and a data plane on this machine, and show what to try.")
public final class DemoCommand implements Callable<Integer> {
  private static final int PORT = 10_000;
  private static final Duration USUAL = Duration.ofMillis(20);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--once",
      description = "Send the three requests, print what became of them, and exit.")
  private boolean once;

  @Option(
      names = "--port",
      description = "Where the data plane listens (default: 10000; with --once: any free port).")
  private int port = -1;

  @Option(
      names = "--latency-ms",
      description =
          "How long the fake providers take to answer, in milliseconds (default: 20; with --traffic: 200).")
  private @Nullable Integer latencyMillis;

  @Option(
      names = "--failure-share",
      description =
          "Share of requests that the fake providers fail with 500, 0.0 to 1.0 (default: ${DEFAULT-VALUE}).")
  private double failureShare;

  @Option(
      names = "--traffic",
      description =
          "Send steady traffic, and let the cheap provider have a bad day: slow, throttled, down, well again.")
  private boolean traffic;

  @Option(
      names = "--act-seconds",
      description = "With --traffic: how long each part lasts (default: ${DEFAULT-VALUE}).")
  private int actSeconds = 10;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port != -1) {
      check("--port", port, 0, 65535);
    }
    Duration usual = traffic ? DemoTraffic.USUAL : USUAL;
    int latency = latencyMillis == null ? (int) usual.toMillis() : latencyMillis;
    check("--latency-ms", latency, 0, 600_000);
    check("--failure-share", failureShare, 0, 1);
    Behaviour behaviour =
        Behaviour.always(Behaviour.Kind.ERROR_500)
            .withShare(failureShare)
            .withLatency(Duration.ofMillis(latency));
    check("--act-seconds", actSeconds, 1, 3600);
    return once ? once(behaviour) : traffic ? badDay(behaviour) : stay(behaviour);
  }

  private void check(String option, Number value, Number least, Number most) {
    double v = value.doubleValue();
    if (!(v >= least.doubleValue() && v <= most.doubleValue())) {
      throw new ParameterException(
          spec.commandLine(), "%s: %s (expected: %s to %s)".formatted(option, value, least, most));
    }
  }

  private int once(Behaviour behaviour) throws IOException, InterruptedException {
    PrintStream quiet =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    DemoRun run = new DemoRun(System.out);
    try (Demo demo = new Demo(Math.max(0, port), behaviour, run, quiet)) {
      System.out.println("Data plane: " + demo.dataPlaneName());
      return run.all(demo.address()) ? 0 : 1;
    }
  }

  private int badDay(Behaviour behaviour) throws IOException, InterruptedException {
    PrintStream quiet =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    DemoTraffic day = new DemoTraffic(System.out);
    Demo demo = new Demo(port < 0 ? PORT : port, behaviour, day, quiet);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  main.interrupt();
                  demo.close();
                },
                "drover-demo-stop"));
    System.out.printf(
        """
        Data plane: %s at http://%s
        Console:    %s (changes want the token in %s)

        Model mixed is balanced between deepseek (cheap) and gpt-4.1. Stop with Ctrl-C.
        """,
        demo.dataPlaneName(), demo.address(), demo.adminUrl(), demo.tokenFile());
    day.run("http://" + demo.address(), behaviour, demo::cheap, Duration.ofSeconds(actSeconds));
    return 0;
  }

  private int stay(Behaviour behaviour) throws IOException, InterruptedException {
    Demo demo = new Demo(port < 0 ? PORT : port, behaviour, _ -> {}, System.out);
    Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "drover-demo-stop"));
    String url = "http://" + demo.address();
    System.out.printf(
        """
        Data plane: %s
        Config:     %s (change it: it is taken up within a second)
        Console:    %s (changes want the token in %s)

        A request, answered by the cheapest target:
          curl -i %s/v1/chat/completions -H 'content-type: application/json' -d '%s'
        A stream:
          curl -iN %s/v1/chat/completions -H 'content-type: application/json' -d '%s'
        A provider that fails, and the fallback:
          curl -i %s/v1/chat/completions -H 'content-type: application/json' -d '%s'
        The cheapest target switched off (and on again with enable):
          ./drover target disable deepseek --admin %s --token-file %s

        Envoy's access log follows. Stop with Ctrl-C.
        """,
        demo.dataPlaneName(),
        demo.configFile(),
        demo.adminUrl(),
        demo.tokenFile(),
        url,
        DemoRun.JSON,
        url,
        DemoRun.STREAM,
        url,
        DemoRun.FALLBACK,
        demo.adminUrl(),
        demo.tokenFile());
    new CountDownLatch(1).await();
    return 0;
  }
}
