package dev.drover.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The text of the README and of the docs: lengths, links, and names that have to be there. */
class DocsTextTest {
  private static final Path README = Path.of("README.md");
  private static final Path DOCS = Path.of("docs");

  /** Pages made from code or from measurements. */
  private static final Set<String> GENERATED =
      Set.of(
          "config.md",
          "cli.md",
          "errors.md",
          "metrics.md",
          "alerts.md",
          "providers.md",
          "performance.md");

  private static final int MOST_WORDS = 25;
  private static final int MOST_CHARS = 120;
  private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?:;])\\s+|\\n\\s*\\n");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(DOCS)) {
      return Stream.concat(Stream.of(README), files.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  private static List<Path> written() throws IOException {
    return pages().stream()
        .filter(
            page ->
                !page.startsWith(DOCS.resolve("reference"))
                    || !GENERATED.contains(page.getFileName().toString()))
        .filter(page -> !page.endsWith("reference/versions.md"))
        .toList();
  }

  private static String prose(Path page) throws IOException {
    return FENCE
        .matcher(Files.readString(page))
        .replaceAll("")
        .replaceAll("(?m)^\\|.*$", "")
        .replaceAll("<!--.*?-->", "");
  }

  @Test
  void readme_isShort() throws IOException {
    assertThat(BLANKS.splitAsStream(Files.readString(README).strip()).count())
        .isBetween(300L, 900L);
  }

  @Test
  void sentences_areShort() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : written()) {
      String plain =
          prose(page)
              .replaceAll("(?m)^#.*$", "")
              .replaceAll("(?m)^ *(?:[-*]|[0-9]+\\.) (?:\\[ ] )?", "\n")
              .replaceAll("!?\\[([^\\]]*)]\\([^)]*\\)", "$1")
              .replaceAll("`[^`]*`", "code");
      for (String sentence : SENTENCE_END.split(plain, -1)) {
        long words =
            BLANKS.splitAsStream(sentence.strip()).filter(w -> w.matches(".*\\w.*")).count();
        if (words > MOST_WORDS) {
          found.add(page + ": " + words + ": " + sentence.strip().replaceAll("\\s+", " "));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void lines_areShort() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : written()) {
      prose(page)
          .lines()
          .filter(line -> line.length() > MOST_CHARS && !line.contains("](http"))
          .forEach(line -> found.add(page + ": " + line));
    }
    assertThat(found).isEmpty();
  }

  /** The docs' index and other programs take the first paragraph for a summary. */
  @Test
  void pages_beginWithATitleAndASentence() throws IOException {
    for (Path page : written()) {
      assertThat(Files.readString(page)).as(page.toString()).containsPattern("\\A# .+\\n\\n[A-Z]");
    }
  }

  @Test
  void links_leadSomewhere() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(FENCE.matcher(Files.readString(page)).replaceAll(""));
      while (link.find()) {
        String target = link.group(1);
        String[] parts = target.split("#", 2); // a file, and a heading in it
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        boolean web = target.matches("https?://.*");
        boolean there = Files.exists(file);
        if (there && parts.length > 1) {
          there = anchors(file).contains(parts[1]);
        }
        if (!web && !there) {
          found.add(page + ": " + target);
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static Set<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(
            heading ->
                heading
                    .group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\w -]", "")
                    .strip()
                    .replace(' ', '-'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void readme_namesEveryKindOfProvider() throws IOException {
    Map<String, Object> kinds =
        Yaml.readMap(
            Files.readString(Path.of("src/main/resources/dev/drover/config/providers.yaml")));
    String readme = Files.readString(README);
    assertThat(kinds.get("kinds")).isInstanceOf(Map.class);
    for (Object kind : ((Map<?, ?>) kinds.get("kinds")).keySet()) {
      assertThat(readme).contains("`" + kind + "`");
    }
  }
}
