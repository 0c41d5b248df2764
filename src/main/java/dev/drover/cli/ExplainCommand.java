package dev.drover.cli;

import dev.drover.app.Explanation;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says where a request would go, and why. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Say where a request would go and why, before any traffic; exit 1 when it would be refused.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "CONFIG", description = "The config file.")
  private Path config = Path.of("");

  @Parameters(index = "1", paramLabel = "REQUEST", description = "The request body, a JSON file.")
  private Path request = Path.of("");

  @Option(names = "--path", description = "The request's path (default: ${DEFAULT-VALUE}).")
  private String path = "/v1/chat/completions";

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "A request header, such as x-drover-max-cost-usd=0.01.")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(
      names = "--caller",
      paramLabel = "ID",
      description =
          "Explain it for the key or workload with this id in the config; without it the headers tell who asks.")
  private @Nullable String caller;

  @Option(names = "--json", description = "For tools.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Optional<GatewayConfig> loaded = Configs.load(config);
    if (loaded.isEmpty()) {
      return 1;
    }
    Map<String, String> lower = new LinkedHashMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    Bytes body = Bytes.of(Files.readAllBytes(request));
    Explanation explanation =
        Explanation.of(loaded.get(), new Secrets(_ -> "present"), path, body, lower, caller);
    System.out.print(json ? Yaml.writeJson(explanation.fields()) + "\n" : explanation.text());
    return explanation.forwarded() ? 0 : 1;
  }
}
