package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.tools.standin.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples and the scripts do what they say. */
class DeployIT {
  private static final Path DEPLOY = Path.of("deploy").toAbsolutePath();
  private static final Path SHELLCHECK = Path.of("/usr/bin/shellcheck");

  @TempDir private Path folder;

  private String run(int exit, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PORT", Integer.toString(Ports.free()));
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(exit);
    return said;
  }

  private String script(int exit, String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(DEPLOY.resolve("scripts/" + name).toString()));
    command.addAll(List.of(arguments));
    return run(exit, command.toArray(String[]::new));
  }

  static Stream<String> examples() throws IOException {
    try (Stream<Path> all = Files.list(DEPLOY.resolve("examples"))) {
      return all
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void example_doesWhatItSays(String name) throws Exception {
    Path example = DEPLOY.resolve("examples/" + name);
    assertThat(Files.readString(example.resolveSibling("README.md")))
        .contains("[" + name + "](" + name + "/README.md)");
    assertThat(example.resolve("README.md")).isNotEmptyFile();
    assertThat(run(0, example.resolve("try.sh").toString())).contains("ok: ").doesNotContain("NOT");
  }

  @Test
  void thereAreEnoughExamples() throws IOException {
    assertThat(examples().count()).isGreaterThanOrEqualTo(8);
  }

  @Test
  void shellScripts_areClean() throws Exception {
    assumeTrue(
        Files.isExecutable(SHELLCHECK), "no shellcheck here (Debian: shellcheck): not looked at");
    List<String> command =
        new ArrayList<>(
            List.of(SHELLCHECK.toString(), "-x", "-P", "SCRIPTDIR", "drover", ".ci/run"));
    try (Stream<Path> all = Files.walk(DEPLOY)) {
      all.map(Path::toString).filter(path -> path.endsWith(".sh")).forEach(command::add);
    }
    assertThat(command).hasSizeGreaterThan(16);
    assertThat(run(0, command.toArray(String[]::new))).isEmpty();
  }

  @Test
  void smoke_asksADataPlane_andFailsWhereNobodyAnswers() throws Exception {
    Rig rig = new Rig(folder);
    String admin = "http://" + rig.server.adminAddress();
    assertThat(script(0, "smoke.sh", "--url", rig.url(), "--model", "chat", "--admin", admin))
        .contains("ok: Drover is ready", "ok: models are listed", "ok: chat streams to the end");
    assertThat(script(0, "smoke.sh", "--url", rig.url())).contains("answers, through Drover");
    for (int i = 0; i < 4; i++) {
      rig.record();
    }
    String url = rig.url();
    rig.close();
    assertThat(script(1, "smoke.sh", "--url", url)).contains("FAILED");
  }

  @Test
  void dryRuns_sayAndDoNothing() throws Exception {
    assertThat(script(0, "smoke.sh", "--url", "http://127.0.0.1:1", "--dry-run"))
        .contains("would ask")
        .doesNotContain("ok:");
    assertThat(script(0, "canary.sh", "--model", "chat", "--steps", "2", "--dry-run"))
        .contains("would run: drover rollout promote chat --admin http://127.0.0.1:9003");
    assertThat(script(0, "rollback.sh", "--release", "llm", "--dry-run"))
        .contains("would run: helm rollback llm 0 --wait --timeout 5m");
    for (String name : new String[] {"smoke.sh", "canary.sh", "rollback.sh"}) {
      assertThat(script(2, name)).contains("missing (expected: ");
      assertThat(script(2, name, "--dyr-run")).contains("--dyr-run: unknown");
    }
    assertThat(script(2, "rollback.sh", "--release", "llm", "--url", "--dry-run"))
        .contains("--url: no value");
    assertThat(script(2, "canary.sh", "--model")).contains("--model: no value");
  }

  @Test
  void canary_takesTheRolloutBack_whenItHearsNothingAnyMore() throws Exception {
    Path noting = folder.resolve("drover");
    Files.writeString(
        noting,
        """
        #!/bin/sh
        echo "$1 $2 $3" >> %s/calls
        [ "$2" = status ] && [ "$(grep -c status %s/calls)" -gt 2 ] && exit 1
        printf '{\\n  "org/model" : {\\n    "status" : "running",\\n    "percent" : 30\\n  }\\n}\\n'
        """
            .formatted(folder, folder));
    assertThat(noting.toFile().setExecutable(true)).isTrue();
    assertThat(script(1, "canary.sh", "--model", "org/model", "--watch", "5", "--steps", "2"))
        .contains("no answer", "taking it back");
    assertThat(Files.readString(folder.resolve("calls")))
        .containsOnlyOnce("rollout promote org/model")
        .endsWith("rollout rollback org/model\n");
  }

  @Test
  void rollback_runsHelm_waits_andLooks() throws Exception {
    for (String tool : new String[] {"helm", "kubectl"}) {
      Path noting = folder.resolve(tool);
      Files.writeString(noting, "#!/bin/sh\necho %s \"$@\" >> %s/calls\n".formatted(tool, folder));
      assertThat(noting.toFile().setExecutable(true)).isTrue();
    }
    script(0, "rollback.sh", "--release", "llm", "--namespace", "edge", "--revision", "3");
    assertThat(Arrays.asList(Files.readString(folder.resolve("calls")).split("\n", -1)))
        .containsExactly(
            "helm history llm --namespace edge --max 5",
            "helm rollback llm 3 --namespace edge --wait --timeout 5m",
            "kubectl rollout status deployment --selector app.kubernetes.io/instance=llm --namespace edge --timeout 5m",
            "");
  }
}
