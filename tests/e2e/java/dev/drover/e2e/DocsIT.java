package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.json.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples of the docs: {@code sh} fences run as they stand, in a folder with the files that
 * the page gives a title; {@code yaml} fences without a title are parts of a config.
 */
class DocsIT {
  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final Path DOCS = Path.of("docs");

  private static final Pattern FENCE =
      Pattern.compile("(?ms)^```(sh|yaml)(?: title=\"([^\"]+)\")?\\n(.*?)^```$");

  /** The names that parts of configs in the docs refer to. */
  private static final String BASE =
      """
      version: 1
      providers:
        openai: { base_url: "https://api.openai.com/v1", dialect: [openai, responses] }
        own: { base_url: "https://llm.example/v1" }
      targets:
        gpt-4.1: { provider: openai, model: gpt-4.1, price: { input: 2, output: 8 } }
        deepseek: { provider: openai, model: deepseek-v3.2, price: { input: 0.14, output: 0.42 } }
        own: { provider: own, model: our-model, price: { input: 0.1, output: 0.2 } }
      models:
        chat: { targets: [deepseek, gpt-4.1, own] }
      """;

  @TempDir Path folder;

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(DOCS)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(page -> FENCE.matcher(read(page)).find())
          .sorted()
          .toList()
          .stream();
    }
  }

  private static String read(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<MatchResult> fences(Path page) {
    return FENCE.matcher(read(page)).results().toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void examples_work(Path page) throws Exception {
    Files.createSymbolicLink(folder.resolve("drover"), ROOT.resolve("drover"));
    for (MatchResult fence : fences(page)) {
      String text = fence.group(3);
      String title = fence.group(2);
      if (fence.group(1).equals("sh")) {
        run(page, text);
      } else if (title != null) {
        Files.writeString(folder.resolve(title), text);
      } else {
        assertThat(ConfigLoader.parse(Yaml.write(merged(Yaml.readMap(BASE), Yaml.readMap(text)))))
            .as("%s: %s", page, text)
            .isInstanceOf(Loaded.Sound.class);
      }
    }
  }

  private void run(Path page, String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-e", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s%n%s", page, script, said).isZero();
  }

  /** Lays one tree over another: mappings are joined, anything else takes the place. */
  private static Map<String, Object> merged(Map<String, Object> under, Map<?, ?> over) {
    Map<String, Object> both = new LinkedHashMap<>(under);
    over.forEach(
        (key, value) ->
            both.merge(
                String.valueOf(key),
                value,
                (old, fresh) ->
                    old instanceof Map<?, ?> a && fresh instanceof Map<?, ?> b
                        ? merged(copy(a), b)
                        : fresh));
    return both;
  }

  private static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }
}
