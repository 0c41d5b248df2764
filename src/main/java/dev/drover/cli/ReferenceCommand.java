package dev.drover.cli;

import dev.drover.alert.RulesPage;
import dev.drover.config.Reference;
import dev.drover.telemetry.MetersPage;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the reference of the config file. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description =
        "Print every config key with its meaning, or the JSON schema, metrics, alerts, commands, errors.")
final class ReferenceCommand implements Callable<Integer> {
  @Option(names = "--schema", description = "The JSON schema for editors, in place of the table.")
  private boolean schema;

  @Option(names = "--metrics", description = "Every metric, in place of the table.")
  private boolean metrics;

  @Option(names = "--alerts", description = "Every alert, in place of the table.")
  private boolean alerts;

  @Option(names = "--commands", description = "The help of every command, in place of the table.")
  private boolean commands;

  @Option(names = "--errors", description = "Every error code, in place of the table.")
  private boolean errors;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    System.out.print(text());
    return 0;
  }

  private String text() {
    if (metrics) {
      return MetersPage.text();
    }
    if (alerts) {
      return RulesPage.text();
    }
    if (commands) {
      return CommandsPage.text(Objects.requireNonNull(spec).root().commandLine());
    }
    if (errors) {
      return ErrorCodes.page();
    }
    return schema ? Reference.schema() : Reference.page();
  }
}
