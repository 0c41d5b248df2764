package dev.drover.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The reference page of the command line: the help of every command. */
final class CommandsPage {
  private static final int WIDTH = 100;

  private CommandsPage() {}

  /** Returns Markdown, a section for each command. */
  static String text(CommandLine root) {
    StringBuilder page =
        new StringBuilder(
            """
            # Command line

            Generated; `drover reference --commands` prints this page, and `drover help COMMAND` a part of it.

            Exit codes: 0 done, 1 it failed or found a problem, 2 the call was wrong, 3 some of an import was lost.
            """);
    append(page, root);
    return page.toString();
  }

  private static void append(StringBuilder page, CommandLine command) {
    command.setUsageHelpWidth(WIDTH);
    page.append(
        "%n## %s%n%n```text%n%s```%n"
            .formatted(
                command.getCommandSpec().qualifiedName(),
                command.getUsageMessage(Ansi.OFF).replaceAll("(?m) +$", "")));
    command.getSubcommands().values().stream()
        .filter(each -> !each.getCommandSpec().usageMessage().hidden())
        .forEach(each -> append(page, each));
  }
}
