package dev.drover.cli;

import dev.drover.app.Explanation;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says where a request would go, and why. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Say where a request would go and why, before any traffic; exit 1 when it would be refused.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..2",
      paramLabel = "[CONFIG] REQUEST",
      description =
          "The config file, and the request body, a JSON file; - reads it from standard input. With --admin the request alone.")
  private List<Path> files = List.of();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "Ask the Drover with this admin address how it would decide now; without it the request is decided as by a Drover that has just started with CONFIG.")
  private @Nullable String admin;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "With --admin: file with the admin token; without it the environment variable DROVER_ADMIN_TOKEN.")
  private @Nullable Path tokenFile;

  @Spec private @Nullable CommandSpec spec;

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
  public Integer call() throws IOException, InterruptedException {
    int expected = admin == null ? 2 : 1;
    if (files.size() != expected) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "%d files (expected: %s)"
              .formatted(files.size(), admin == null ? "CONFIG REQUEST" : "REQUEST"));
    }
    boolean typed = files.getLast().toString().equals("-");
    Bytes body = Bytes.of(typed ? System.in.readAllBytes() : Files.readAllBytes(files.getLast()));
    return admin == null ? explain(files.getFirst(), body) : ask(admin, body);
  }

  private int explain(Path config, Bytes body) {
    Optional<GatewayConfig> loaded = Configs.load(config);
    if (loaded.isEmpty()) {
      return 1;
    }
    Map<String, String> lower = new LinkedHashMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    Explanation explanation =
        Explanation.of(
            loaded.get(),
            Credentials.offline(new Secrets(_ -> "present")),
            path,
            body,
            lower,
            caller);
    System.out.print(json ? Yaml.writeJson(explanation.fields()) + "\n" : explanation.text());
    return explanation.forwarded() ? 0 : 1;
  }

  private int ask(String url, Bytes body) throws IOException, InterruptedException {
    StringBuilder query = new StringBuilder("/explain?path=").append(encoded(path));
    if (caller != null) {
      query.append("&caller=").append(encoded(caller));
    }
    headers.forEach((name, value) -> query.append("&header=").append(encoded(name + ":" + value)));
    Map<String, Object> fields = new AdminClient(url, tokenFile).post(query.toString(), body);
    if (fields == null) {
      return 2;
    }
    Object text = fields.remove("text");
    System.out.print(json ? Yaml.writeJson(fields) + "\n" : String.valueOf(text));
    return fields.get("status") instanceof Number status && status.intValue() >= 400 ? 1 : 0;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
