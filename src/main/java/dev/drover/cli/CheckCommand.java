package dev.drover.cli;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Secrets;
import dev.drover.config.GatewayConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks a config file and the credentials it refers to. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Report every problem of a config file; exit 1 when there is one.")
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The config file.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    Optional<GatewayConfig> config = Configs.load(file);
    if (config.isEmpty()) {
      return 1;
    }
    Catalog catalog = Catalog.compile(config.get(), new Secrets(System::getenv));
    catalog.targets().stream()
        .map(target -> target.provider())
        .distinct()
        .forEach(
            provider ->
                provider.keys().all().stream()
                    .filter(key -> key.value() == null)
                    .forEach(
                        key ->
                            System.err.printf(
                                "warning: providers.%s.credentials: %s: no usable key here (expected: a key without blanks)%n",
                                provider.name(), key)));
    int clusters = catalog.models().stream().mapToInt(model -> model.plans().all().size()).sum();
    System.out.printf(
        "%s: sound. %d models, %d targets, %d plan clusters.%n",
        file, catalog.models().size(), catalog.targets().size(), clusters);
    return 0;
  }
}
