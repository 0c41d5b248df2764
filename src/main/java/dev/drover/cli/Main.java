package dev.drover.cli;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.ServiceLoader;
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
      RolloutCommand.class,
      ReloadCommand.class,
      KeyCommand.class,
      ReportCommand.class,
      AlertCommand.class,
      ImportCommand.class,
      ReferenceCommand.class,
      InitCommand.class,
      StatusCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  /** Commands that only the tools jar has. */
  private static final List<String> OF_TOOLS = List.of("demo", "try", "fake", "load");

  private Main() {}

  /** Runs a command and exits with its code: 0 fine, 1 it failed, 2 the call was wrong. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Returns the command line with all commands of this jar. */
  static CommandLine line() {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand("target", new SwitchCommand("targets"));
    line.addSubcommand("provider", new SwitchCommand("providers"));
    ServiceLoader.load(CommandGroup.class)
        .forEach(group -> group.commands().forEach(line::addSubcommand));
    return line;
  }

  static int run(String... args) {
    CommandLine line = line();
    String meaning = args.length == 2 && args[0].equals("help") ? ErrorCodes.text(args[1]) : null;
    if (meaning != null) {
      line.getOut().print(meaning);
      line.getOut().flush();
      return 0;
    }
    if (args.length > 0
        && OF_TOOLS.contains(args[0])
        && !line.getSubcommands().containsKey(args[0])) {
      line.getErr()
          .printf(
              "drover: %s: is not part of the server's jar (expected: `./drover %s` in a clone, or drover-tools.jar beside this jar)%n",
              args[0], args[0]);
      return 2;
    }
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
