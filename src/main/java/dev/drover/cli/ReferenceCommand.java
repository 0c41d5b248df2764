package dev.drover.cli;

import dev.drover.config.Reference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the reference of the config file. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description = "Print every config key with its meaning, or the JSON schema.")
final class ReferenceCommand implements Callable<Integer> {
  @Option(names = "--schema", description = "The JSON schema for editors, in place of the table.")
  private boolean schema;

  @Override
  public Integer call() {
    System.out.print(schema ? Reference.schema() : Reference.page());
    return 0;
  }
}
