package dev.drover.cli;

import dev.drover.alert.RulesPage;
import dev.drover.config.Reference;
import dev.drover.telemetry.MetersPage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the reference of the config file. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description =
        "Print every config key with its meaning, the JSON schema, every metric, or every alert.")
final class ReferenceCommand implements Callable<Integer> {
  @Option(names = "--schema", description = "The JSON schema for editors, in place of the table.")
  private boolean schema;

  @Option(names = "--metrics", description = "Every metric, in place of the table.")
  private boolean metrics;

  @Option(names = "--alerts", description = "Every alert, in place of the table.")
  private boolean alerts;

  @Override
  public Integer call() {
    System.out.print(
        metrics
            ? MetersPage.text()
            : alerts ? RulesPage.text() : schema ? Reference.schema() : Reference.page());
    return 0;
  }
}
