package dev.drover.cli;

import dev.drover.config.GatewayConfig;
import dev.drover.render.EnvoyBootstrap;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the data plane's configuration. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    description = "Print the data plane's configuration for a config file.",
    subcommands = RenderCommand.Envoy.class)
final class RenderCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("render: expected: render envoy FILE");
    return 2;
  }

  /** A complete Envoy bootstrap. */
  @Command(
      name = "envoy",
      mixinStandardHelpOptions = true,
      description = "A complete bootstrap for Envoy 1.37 or newer, as YAML.")
  static final class Envoy implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The config file.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      Optional<GatewayConfig> config = Configs.load(file);
      config.ifPresent(found -> System.out.print(EnvoyBootstrap.yaml(found)));
      return config.isPresent() ? 0 : 1;
    }
  }
}
