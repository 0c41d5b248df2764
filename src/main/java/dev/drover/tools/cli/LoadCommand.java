package dev.drover.tools.cli;

import dev.drover.json.Yaml;
import dev.drover.tools.load.LoadPlan;
import dev.drover.tools.load.LoadReport;
import dev.drover.tools.load.LoadRun;
import dev.drover.tools.load.Shape;
import dev.drover.tools.load.Tally;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends traffic through a gateway and measures what comes of it. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description =
        "Send chat requests and report times, errors, tokens and the targets that answered. Exit 1 when none was answered.")
public final class LoadCommand implements Callable<Integer> {
  private static final Duration ON_A_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);
  private static final int BAR = 30;

  /** The shapes of a load run. */
  enum Kind {
    /** 100, one after the other. */
    sequential,
    /** 500, 50 at a time. */
    concurrent,
    /** A request a second for 300 s. */
    sustained,
    /** 50 a second for 30 s. */
    rate
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "URL", description = "The gateway, such as http://127.0.0.1:10000.")
  private String url = "";

  @Option(
      names = "--shape",
      description =
          "sequential (100 requests), concurrent (500, 50 at a time), sustained (1 a second for 300 s) or rate (50 a second for 30 s); the options below change the figures. Default: ${DEFAULT-VALUE}.")
  private Kind shape = Kind.sequential;

  @Option(names = "--requests", description = "How many, where the shape does not go by time.")
  private @Nullable Integer requests;

  @Option(names = "--in-flight", description = "How many at a time, for concurrent.")
  private @Nullable Integer inFlight;

  @Option(names = "--per-second", description = "How many a second, for sustained and rate.")
  private @Nullable Double perSecond;

  @Option(names = "--seconds", description = "How long, for sustained and rate.")
  private @Nullable Integer seconds;

  @Option(names = "--model", description = "The model asked for (default: ${DEFAULT-VALUE}).")
  private String model = "gpt-4o";

  @Option(names = "--stream", description = "Ask for streams.")
  private boolean stream;

  @Option(
      names = "--prompt-bytes",
      description = "Length of the prompt (default: ${DEFAULT-VALUE}).")
  private int promptBytes = 100;

  @Option(
      names = "--key-env",
      paramLabel = "NAME",
      description = "The environment variable that holds the key to send.")
  private @Nullable String keyEnv;

  @Option(
      names = "--header",
      paramLabel = "NAME: VALUE",
      description = "A further header; may be given more than once.")
  private List<String> headers = List.of();

  @Option(
      names = "--timeout",
      description = "Seconds after which a request has failed (default: ${DEFAULT-VALUE}).")
  private int timeout = 120;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write a report, as FILE ends: .json or .html.")
  private @Nullable Path report;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (report != null && !report.toString().matches(".+\\.(json|html)")) {
      throw wrong("--report", report, "a name that ends with .json or .html");
    }
    LoadRun run = new LoadRun(plan());
    CountDownLatch reported = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              run.stop();
              await(reported);
            },
            "drover-load-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Thread progress = Thread.startVirtualThread(() -> progress(run));
      run.run();
      progress.interrupt();
      progress.join();
      System.out.print(LoadReport.text(run.tally()));
      write(run.tally());
      System.out.flush();
      return run.tally().good() > 0 ? 0 : 1;
    } finally {
      reported.countDown();
      forget(hook);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      boolean _ = latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      return; // it is what ended the run
    }
  }

  private ParameterException wrong(String what, Object value, String expected) {
    return new ParameterException(
        spec.commandLine(), "%s: %s (expected: %s)".formatted(what, value, expected));
  }

  private int positive(String what, int value) {
    if (value < 1) {
      throw wrong(what, value, "at least 1");
    }
    return value;
  }

  private LoadPlan plan() {
    Map<String, String> all = new LinkedHashMap<>();
    if (keyEnv != null) {
      String key = System.getenv(keyEnv);
      if (key == null || key.isBlank()) {
        throw wrong("--key-env", keyEnv, "a variable that is set");
      }
      all.put("authorization", "Bearer " + key.strip());
    }
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw wrong("--header", header, "NAME: VALUE");
      }
      String name = header.substring(0, colon).strip();
      String value = header.substring(colon + 1).strip();
      try {
        HttpRequest.newBuilder().header(name, value);
      } catch (IllegalArgumentException _) {
        throw wrong("--header", header, "a header that a client may set");
      }
      all.put(name, value);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    if (stream) {
      body.put("stream", true);
      body.put("stream_options", Map.of("include_usage", true));
    }
    String prompt = "word ".repeat(positive("--prompt-bytes", promptBytes) / 5 + 1);
    body.put(
        "messages", List.of(Map.of("role", "user", "content", prompt.substring(0, promptBytes))));
    return new LoadPlan(
        endpoint(),
        Yaml.writeJsonLine(body),
        all,
        Duration.ofSeconds(positive("--timeout", timeout)),
        shape());
  }

  private URI endpoint() {
    String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    if (!base.matches("https?://[^/ ]+(/[^ ?#]*)?")) {
      throw wrong("URL", url, "http://host:port");
    }
    return URI.create(base.endsWith("/chat/completions") ? base : base + "/v1/chat/completions");
  }

  private Shape shape() {
    return switch (shape) {
      case sequential -> new Shape.Closed(or("--requests", requests, 100), 1);
      case concurrent ->
          new Shape.Closed(or("--requests", requests, 500), or("--in-flight", inFlight, 50));
      case sustained -> open(1, 300);
      case rate -> open(50, 30);
    };
  }

  private Shape open(double usualRate, int usualSeconds) {
    double rate = perSecond == null ? usualRate : perSecond;
    if (!(rate > 0 && rate <= 100_000)) {
      throw wrong("--per-second", rate, "above 0, at most 100000");
    }
    return new Shape.Open(rate, Duration.ofSeconds(or("--seconds", seconds, usualSeconds)));
  }

  private int or(String what, @Nullable Integer given, int usual) {
    return positive(what, given == null ? usual : given);
  }

  private void write(Tally tally) throws IOException {
    if (report != null) {
      Files.writeString(
          report,
          report.toString().endsWith(".html")
              ? LoadReport.html(tally)
              : Yaml.writeJson(LoadReport.map(tally)) + "\n");
    }
  }

  @SuppressWarnings("SystemConsoleNull") // it is null without a terminal on some JDKs
  private static void progress(LoadRun run) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    try {
      while (true) {
        Thread.sleep(terminal ? ON_A_TERMINAL : ELSEWHERE);
        System.err.print(terminal ? "\r" + line(run, true) : line(run, false) + "\n");
      }
    } catch (InterruptedException _) {
      if (terminal) {
        System.err.println("\r" + line(run, true));
      }
    }
  }

  private static String line(LoadRun run, boolean bar) {
    Tally tally = run.tally();
    int full = (int) Math.round(BAR * run.done());
    String shown = bar ? "[" + "#".repeat(full) + "-".repeat(BAR - full) + "] " : "";
    return "%s%3.0f %%  %d answered  %d failed  %.1f a second  "
        .formatted(
            shown,
            100 * run.done(),
            tally.good(),
            tally.failed(),
            tally.good() / Math.max(0.001, tally.seconds()));
  }
}
