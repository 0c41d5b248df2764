package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of the command line and of the error codes. */
class ReferencePagesTest {
  private static final Path MAIN = Path.of("src/main/java/dev/drover");

  /** A code as sources write it: the first argument, or the one after a status. */
  private static final Pattern CODE =
      Pattern.compile(
          "(?:(?:AuthResult\\.Not|Result\\.Out|Rejected|Decision\\.Refuse|refuse|refused|later|unread|because|GatewayError|RefusedRequest|Outcome\\.Refused|invalid)\\(\\s*(?:\\w+,\\s*)?|\\b[45][0-9]{2},\\s*|\\bbudget,\\s*)\"([a-z]+(?:_[a-z]+)+)\"");

  /** The same for requests that cannot be read: other words of dialects are names of fields. */
  private static final Pattern REJECTED =
      Pattern.compile(
          "(?:Rejected\\(|GatewayError\\(|\\b502,)\\s*(?:\\w+,\\s*)?\"([a-z]+(?:_[a-z]+)+)\"");

  private static String printed(String... args) {
    PrintStream usual = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(Main.run(args)).isZero();
    } finally {
      System.setOut(usual);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"--commands, cli.md", "--errors, errors.md"})
  void page_isWhatIsPrinted(String option, String name) throws IOException {
    Path page = Path.of("docs/reference").resolve(name);
    String text = printed("reference", option);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(page, text);
    }
    assertThat(Files.readString(page)).isEqualTo(text);
  }

  /** Each code of the sources is on the page, and none that the sources do not have. */
  @Test
  void codes_areThoseOfTheSources() throws IOException {
    Set<String> found = new TreeSet<>();
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(MAIN)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = MAIN.relativize(file).toString();
        String text = Files.readString(file);
        if (!path.startsWith("tools") && !path.startsWith("cli")) {
          all.append(text);
        }
        if (path.matches("(admission|exchange|routing|dialect)/.*")) {
          Matcher code = (path.startsWith("dialect") ? REJECTED : CODE).matcher(text);
          while (code.find()) {
            found.add(code.group(1));
          }
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(30).allMatch(code -> ErrorCodes.text(code) != null);
    Matcher described = Pattern.compile("(?m)^## `(\\w+)`$").matcher(ErrorCodes.page());
    while (described.find()) {
      assertThat(all.toString()).contains("\"" + described.group(1) + "\"");
    }
  }

  @Test
  void help_saysWhatAnErrorMeans() {
    assertThat(printed("help", "budget_reserved"))
        .startsWith("budget_reserved (status 429)")
        .contains("is reserved for requests under way.", "Try the same request again: yes");
    assertThat(ErrorCodes.text("nonsense")).isNull();
  }
}
