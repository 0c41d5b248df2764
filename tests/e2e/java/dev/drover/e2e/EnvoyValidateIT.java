package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.tools.standin.TestDataPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real Envoy on every bootstrap that is kept in the project. */
@Tag("data-plane")
@EnabledIf(
    value = "dev.drover.tools.standin.TestDataPlane#isEnvoy",
    disabledReason = "this run goes through no Envoy")
class EnvoyValidateIT {
  @TempDir static Path folder;
  private static Certificate own;

  static Stream<Path> bootstraps() throws Exception {
    return Stream.of("tests/golden", "envoy", "deploy/compose")
        .map(Path::of)
        .flatMap(EnvoyValidateIT::files)
        .filter(file -> file.toString().matches(".*(\\w\\.out|\\.out\\.xds|/envoy)\\.yaml"))
        .sorted();
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.toList().stream().filter(file -> !file.toString().contains("helm"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void certificate() throws Exception {
    own = new Certificate(folder);
  }

  @ParameterizedTest
  @MethodSource("bootstraps")
  void bootstrap_isTaken_withoutAWarning(Path file) throws Exception {
    Path copy = folder.resolve("bootstrap.yaml");
    Files.writeString(
        copy,
        Files.readString(file)
            .replaceAll("filename: \\S*key\\S*", "filename: " + own.privateKey)
            .replaceAll("filename: \\S*(crt|pem)", "filename: " + own.certificate));
    Process envoy =
        new ProcessBuilder(
                TestDataPlane.binary().orElseThrow().toString(),
                "--mode",
                "validate",
                "--log-level",
                "warning",
                "-c",
                copy.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(envoy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).isEqualToIgnoringWhitespace("configuration '" + copy + "' OK");
    assertThat(envoy.waitFor()).isZero();
  }
}
