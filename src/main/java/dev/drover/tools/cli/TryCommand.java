package dev.drover.tools.cli;

import dev.drover.admission.Callers;
import dev.drover.app.Server;
import dev.drover.cli.Configs;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rehearses a config on one machine. */
@Command(
    name = "try",
    mixinStandardHelpOptions = true,
    description =
        "Run a config on this machine, with a data plane, and a fake in place of each provider: no Envoy, no keys, no bill. Redis, spans and webhooks are left out; the ledger is a file.")
public final class TryCommand implements Callable<Integer> {
  private static final Duration LATENCY = Duration.ofMillis(20);

  /**
   * The API key that is added to a config that requires one. People who try a config have none at
   * hand.
   */
  private static final String SECRET = Callers.PREFIX + "try";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The config file.")
  private Path file = Path.of("");

  @Option(
      names = "--port",
      description = "Where the data plane listens (default: ${DEFAULT-VALUE}); 0: any free port.")
  private int port = 10_000;

  @Option(
      names = "--failing",
      paramLabel = "PROVIDER",
      description = "A provider that answers 500 to everything; may be given more than once.")
  private List<String> failing = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<GatewayConfig> given = Configs.load(file);
    if (given.isEmpty()) {
      return 1;
    }
    if (port < 0 || port > 65_535) {
      throw wrong("--port: " + port + " (expected: 0 to 65535)");
    }
    for (String name : failing) {
      if (!given.get().providers().containsKey(name)) {
        throw wrong(
            "--failing: %s (expected: one of %s)"
                .formatted(name, String.join(", ", given.get().providers().keySet())));
      }
    }
    LocalEnvironment localEnvironment = new LocalEnvironment();
    Runtime.getRuntime().addShutdownHook(new Thread(localEnvironment::close, "drover-try-stop"));
    boolean anyone = Callers.compile(given.get()).letAnyoneIn();
    GatewayConfig config = LocalEnvironment.config(rehearsed(localEnvironment, anyone));
    Server server = localEnvironment.server(localEnvironment.file("drover.yaml"), config, _ -> {});
    DataPlane dataPlane = localEnvironment.dataPlane(config, System.out);
    System.out.printf(
        """
        Data plane: %s
        Listens at: http://%s
        Console:    http://%s (changes want the token in %s)
        Config:     %s (as it is run here; change it: it is taken up within a second)

          curl -i http://%s/v1/chat/completions%s -H 'content-type: application/json' -d '{"model":"%s","messages":[{"role":"user","content":"Say hello."}]}'

        Envoy's access log follows. Stop with Ctrl-C.
        """,
        dataPlane.name(),
        dataPlane.address(),
        server.adminAddress(),
        localEnvironment.file("admin.key"),
        localEnvironment.file("drover.yaml"),
        dataPlane.address(),
        anyone ? "" : " -H 'authorization: Bearer " + SECRET + "'",
        config.models().keySet().iterator().next());
    new CountDownLatch(1).await();
    return 0;
  }

  private Path rehearsed(LocalEnvironment localEnvironment, boolean anyone) throws IOException {
    LocalConfig localConfig = new LocalConfig(Files.readString(file));
    localConfig.place(
        localEnvironment.listen(),
        port == 0 ? LocalEnvironment.freePort() : port,
        localEnvironment.file("state").toString(),
        localEnvironment.secret("admin", "try-admin-token"));
    Map<String, FakeProvider> fakes = new LinkedHashMap<>();
    localConfig.providers(
        name ->
            fakes
                .computeIfAbsent(
                    name, _ -> localEnvironment.opened(new FakeProvider(null, behaviour(name))))
                .baseUrl(),
        localEnvironment.secret("provider", "sk-fake"));
    if (!anyone) {
      localConfig.key("try", SECRET);
    }
    Path rehearsed = localEnvironment.file("drover.yaml");
    Files.writeString(rehearsed, localConfig.yaml());
    return rehearsed;
  }

  private Behaviour behaviour(String provider) {
    return failing.contains(provider)
        ? Behaviour.always(Behaviour.Kind.ERROR_500)
        : Behaviour.GOOD.withLatency(LATENCY);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
