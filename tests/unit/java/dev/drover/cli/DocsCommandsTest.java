package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commands that the docs show and that no test can run as they stand: their options exist. */
class DocsCommandsTest {
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^\\$ (?:\\./)?drover ([^|>\\n]+)|`\\./drover ([^`]+)`");

  private static List<String> commands() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    for (String folder : List.of("docs", "deploy")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    for (Path page : pages) {
      Matcher command = COMMAND.matcher(Files.readString(page));
      while (command.find()) {
        found.add(command.group(1) == null ? command.group(2) : command.group(1));
      }
    }
    return found;
  }

  @Test
  void commandsOfTheDocs_areTaken() throws IOException {
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThan(20);
    for (String command : commands) {
      assertThatCode(() -> Main.line().parseArgs(command.strip().split(" +")))
          .as(command)
          .doesNotThrowAnyException();
    }
  }
}
