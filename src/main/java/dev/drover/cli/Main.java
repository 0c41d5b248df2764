package dev.drover.cli;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** The {@code drover} command. */
@Command(
    name = "drover",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Routes LLM requests by cost, health and policy, as an external processor of Envoy.",
    subcommands = {
      ServeCommand.class,
      CheckCommand.class,
      ExplainCommand.class,
      RenderCommand.class,
      DemoCommand.class,
      TryCommand.class,
      FakeCommand.class,
      LoadCommand.class,
      RolloutCommand.class,
      ReloadCommand.class,
      KeyCommand.class,
      ReportCommand.class,
      AlertCommand.class,
      ImportCommand.class,
      ReferenceCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code: 0 fine, 1 it failed, 2 the call was wrong. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand("target", new SwitchCommand("targets"));
    line.addSubcommand("provider", new SwitchCommand("providers"));
    line.registerConverter(LocalDate.class, Main::day);
    line.setExecutionExceptionHandler(
        (error, command, _) -> {
          command.getErr().println(command.getCommandName() + ": " + error.getMessage());
          return 1;
        });
    return line.execute(args);
  }

  private static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException _) {
      throw new TypeConversionException(text + " (expected: a day such as 2026-11-01)");
    }
  }
}
