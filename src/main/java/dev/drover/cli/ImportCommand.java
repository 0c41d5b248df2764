package dev.drover.cli;

import dev.drover.migrate.LiteLlmConfig;
import dev.drover.migrate.LiteLlmPrices;
import dev.drover.migrate.Migrated;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes over what another gateway is configured with. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Turn files of other gateways into Drover's.")
final class ImportCommand implements Callable<Integer> {
  /** The exit code when clients can ask for less than before. */
  private static final int MODELS_LOST = 3;

  @Override
  public Integer call() {
    System.err.println("import: expected: import prices FILE, or import litellm FILE");
    return 2;
  }

  /** A price list. */
  @Command(
      name = "prices",
      mixinStandardHelpOptions = true,
      description =
          "Print a price list made of LiteLLM's model_prices_and_context_window.json; for `price_list` in the config.")
  int prices(
      @Parameters(paramLabel = "FILE", description = "LiteLLM's JSON file.") Path file,
      @Option(
              names = "--named",
              description =
                  "Only models of the providers that `kind` names, under the names that targets have for them.")
          boolean named,
      @Option(
              names = "--source",
              paramLabel = "TEXT",
              description = "Where the file is from. Default: its name.")
          @Nullable String source) {
    String from = source == null ? String.valueOf(file.getFileName()) : source;
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    return written(
        file,
        text ->
            named ? LiteLlmPrices.named(text, from, today) : LiteLlmPrices.read(text, from, today));
  }

  /** A config. */
  @Command(
      name = "litellm",
      mixinStandardHelpOptions = true,
      description =
          "Print a Drover config made of a LiteLLM proxy config, and say what has no counterpart; exit 3 when models are lost.")
  int litellm(@Parameters(paramLabel = "FILE", description = "LiteLLM's config.yaml.") Path file) {
    return written(file, LiteLlmConfig::read);
  }

  /** The result on standard output, the notes beside it. */
  private static int written(Path file, Function<String, Migrated> reader) {
    try {
      Migrated migrated = reader.apply(FileContent.text(file, FileContent.MOST_OF_LIST));
      System.out.print(migrated.yaml());
      migrated.notes().forEach(note -> System.err.println("note: " + note));
      return migrated.modelsLost() ? MODELS_LOST : 0;
    } catch (IOException _) {
      System.err.println(file + ": cannot be read (expected: a file in UTF-8)");
    } catch (UncheckedIOException e) {
      String why =
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
              .replaceAll("(?s)\n.*", "");
      System.err.println(file + ": cannot be used: " + why);
    }
    return 1;
  }
}
