package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Configs as people get them wrong: each has its place, and a hint that mends it. */
class CheckCommandTest {
  private static final String SOUND =
      """
      version: 1
      providers:
        openai: { kind: openai, credentials: [ { env: DROVER_TEST_UNSET } ] }
      targets:
        gpt:
          provider: openai
          model: gpt-4.1
          timeout: 25s
      models:
        chat: { targets: [gpt] }
      memory: { held: 256MiB }
      server:
        cache_memory: 64MiB
      anonymous: true
      """;

  @TempDir private Path folder;

  private record Said(int exit, String out, String err) {}

  private Said check(String text, String... more) throws Exception {
    Path file = folder.resolve("drover.yaml");
    Files.writeString(file, text);
    return run(file, more);
  }

  private static Said run(Path file, String... more) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream failed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(failed, true, StandardCharsets.UTF_8));
    String[] args = new String[more.length + 2];
    args[0] = "check";
    args[1] = file.toString();
    System.arraycopy(more, 0, args, 2, more.length);
    try {
      int exit = Main.run(args);
      return new Said(
          exit, said.toString(StandardCharsets.UTF_8), failed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Arguments change(String from, String to, String... said) {
    assertThat(SOUND).contains(from);
    return Arguments.of(SOUND.replace(from, to), List.of(said));
  }

  static List<Arguments> broken() {
    return List.of(
        change("targets:\n", "tragets:\n", ":4:1: tragets", "did you mean \"targets\"?"),
        change("[gpt] }", "[gtp] }", ":10:21: models.chat.targets[0]", "did you mean \"gpt\"?"),
        change("timeout: 25s", "timeout: 25sec", ":8:5: targets.gpt.timeout", "mean \"25s\"?"),
        change("timeout: 25s", "timeout: 25", ":8:5: targets.gpt.timeout", "mean \"25s\"?"),
        change("64MiB", "64MB", ":13:3: server.cache_memory", "did you mean \"64MiB\"?"),
        change("    model: gpt-4.1", "     model: gpt-4.1", ":7:11: ", "indent this line"),
        change("    model: gpt-4.1", "\tmodel: gpt-4.1", ":7:1: ", "indent with blanks"),
        change("kind: openai,", "kind: opnai,", ":3:13: providers.openai.kind", "\"openai\"?"),
        change(
            "credentials: [ { env: DROVER_TEST_UNSET } ]",
            "api_key: sk-canary",
            ":3:27: providers.openai.api_key",
            "keys are never in the file, write credentials: [ { env: NAME } ]"),
        change(
            "[ { env: DROVER_TEST_UNSET } ]",
            "[ sk-canary ]",
            ":3:42: providers.openai.credentials[0]: (not shown)",
            "keys are never in the file"),
        change(
            "{ env: DROVER_TEST_UNSET }",
            "{ env: sk-canary }",
            ":3:44: providers.openai.credentials[0].env: (not shown)",
            "the name of an environment variable"),
        change("anonymous: true", "anonymous: ja", ":14:1: anonymous: \"ja\"", "true or false"),
        change("  gpt:\n", "  gpt four:\n", ":5:3: targets.gpt four", "a name of letters, digits"),
        Arguments.of(
            "model_list:\n  - model_name: gpt\n",
            List.of(":1:1: a config of LiteLLM", "drover import litellm FILE")),
        Arguments.of(
            "apiVersion: v1\nkind: ConfigMap\ndata: {}\n",
            List.of(":1:1: a Kubernetes resource of kind ConfigMap", "below one of its `data`")),
        Arguments.of(
            "static_resources: {}\n", List.of(":1:1: a bootstrap of Envoy", "drover render envoy")),
        Arguments.of(SOUND + "version: 1\n", List.of(":15:", "version")),
        Arguments.of("", List.of(":1:1: the file is empty")));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenConfig_hasPlaceAndHint(String text, List<String> expected) throws Exception {
    Said said = check(text);
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains(expected).doesNotContain("canary");
    assertThat(said.err().lines().toList().getLast()).matches(".*drover\\.yaml: [0-9]+ problems?");
    assertThat(said.err().lines().findFirst().orElseThrow())
        .matches(".*drover\\.yaml:\\d+:\\d+: .+");
  }

  @Test
  void missingFile_isNamed() {
    Said said = run(folder.resolve("nowhere.yaml"));
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.err()).contains("no such file");
  }

  @Test
  void soundConfig_isSaidSo_afterItsWarnings() throws Exception {
    Said said = check(SOUND);
    assertThat(said.exit()).isZero();
    assertThat(said.err())
        .contains(
            ":3:27: warning: providers.openai.credentials: environment variable DROVER_TEST_UNSET is not set on this machine");
    assertThat(said.out().lines().toList().getLast()).contains("sound. 1 models, 1 targets");
  }

  @Test
  void json_hasAllFindings() throws Exception {
    Said said = check(SOUND.replace("64MiB", "64MB").replace("25s", "25sec"), "--format", "json");
    assertThat(said.exit()).isEqualTo(1);
    Map<String, Object> page = Yaml.readJson(said.out());
    assertThat(page).containsEntry("sound", false);
    assertThat(String.valueOf(page.get("problems")))
        .contains("line=8", "path=targets.gpt.timeout", "line=13");
    Map<String, Object> sound = Yaml.readJson(check(SOUND, "--format", "json").out());
    assertThat(sound).containsEntry("sound", true);
    assertThat(String.valueOf(sound.get("warnings"))).contains("DROVER_TEST_UNSET");
  }

  @Test
  void annotations_areThoseOfGitHub() throws Exception {
    Said said = check(SOUND.replace("64MiB", "64MB"), "--format", "github");
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out())
        .containsPattern("::error file=[^,]+drover.yaml,line=13,col=3::server.cache_memory: ");
  }
}
