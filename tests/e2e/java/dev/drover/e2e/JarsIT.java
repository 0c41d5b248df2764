package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two jars of the build, as they are shipped. */
class JarsIT {
  private static final Path SERVER = Path.of(System.getProperty("drover.jar"));
  private static final Path TOOLS = Path.of(System.getProperty("drover.tools"));

  private static List<String> classes(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class"))
          .toList();
    }
  }

  private static String run(int expected, Path jar, String... args) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isEqualTo(expected);
    return out;
  }

  @Test
  void serversJar_hasNothingOfTheTools_andTheirsNothingOfTheServer() throws Exception {
    assertThat(classes(SERVER)).isNotEmpty().noneMatch(name -> name.contains("drover/tools/"));
    assertThat(classes(TOOLS)).isNotEmpty().allMatch(name -> name.startsWith("dev/drover/tools/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "try", "fake", "load"})
  void commandOfTheTools_isNamedByTheServersJar(String command) throws Exception {
    assertThat(run(2, SERVER, command))
        .contains("drover: " + command + ": is not part of the server's jar (expected: ");
    assertThat(run(0, SERVER, "--help")).doesNotContain("  " + command + " ");
    assertThat(run(0, TOOLS, command, "--help")).contains("Usage: drover " + command);
  }

  @Test
  void bothJars_tellTheSameVersion() throws Exception {
    assertThat(run(0, TOOLS, "--version")).isEqualTo(run(0, SERVER, "--version"));
  }

  @Test
  void notice_namesTheGroupOfEachLibraryThatIsShipped() throws Exception {
    String notice = Files.readString(Path.of("NOTICE"));
    Map<String, Object> bom = Yaml.readJson(Files.readString(SERVER.resolveSibling("bom.json")));
    assertThat((List<?>) bom.get("components"))
        .isNotEmpty()
        .allSatisfy(
            component ->
                assertThat(notice)
                    .containsPattern("(?m)^" + ((Map<?, ?>) component).get("group") + " +\\S"));
  }
}
