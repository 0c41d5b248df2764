package dev.drover.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Configs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest {
  private static final String GPT =
      "{ model_name: gpt, litellm_params: { model: openai/gpt-4o, api_key: os.environ/K } }";
  private static final String CLAUDE =
      "{ model_name: claude, litellm_params: { model: nobody/claude-sonnet-4-5 } }";

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(written, true, UTF_8));
    System.setErr(new PrintStream(said, true, UTF_8));
  }

  @AfterEach
  void leave() {
    System.setOut(out);
    System.setErr(err);
  }

  private int run(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("litellm.yaml"), yaml);
    return Main.run("import", "litellm", file.toString());
  }

  @Test
  void everyNote_isInTheFile_andOnStandardError() throws IOException {
    assertThat(run("model_list: [ %s, %s ]\nx: 1".formatted(GPT, CLAUDE))).isEqualTo(3);
    String config = written.toString(UTF_8);
    assertThat(Configs.load(config).models()).containsOnlyKeys("gpt");
    assertThat(said.toString(UTF_8).lines())
        .allMatch(line -> line.startsWith("note: "))
        .allMatch(line -> config.contains("# - " + line.substring("note: ".length()) + "\n"))
        .anyMatch(line -> line.startsWith("note: model_list[1] (claude, nobody/"))
        .contains("note: x: no counterpart", "note: model_list: 1 of 2 deployments are taken over");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 0",
        "'router_settings: { model_group_alias: { g: gpt } }' | 0",
        "'router_settings: { redis_host: r }' | 0",
        "'router_settings: { model_group_alias: { g: nobody } }' | 0",
        "'router_settings: { model_group_alias: { \"g g\": gpt } }' | 3",
        "'include: [ more.yaml ]' | 3",
      })
  void exitCode_is3_whenClientsCanAskForLess(String more, int code) throws IOException {
    assertThat(run("model_list: [ %s ]\n%s".formatted(GPT, more))).isEqualTo(code);
    assertThat(Configs.load(written.toString(UTF_8)).models()).containsOnlyKeys("gpt");
  }

  @Test
  void nothingIsWritten_whenAllModelsAreLost() throws IOException {
    assertThat(run("model_list: [ %s ]".formatted(CLAUDE))).isEqualTo(3);
    assertThat(written.toString(UTF_8)).isEmpty();
    assertThat(said.toString(UTF_8))
        .contains("note: model_list[0] (claude, nobody/claude-sonnet-4-5): left out")
        .contains("0 of 1 deployments are taken over, so there is no config to write");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[ 1 ]", "model_list: none", "model_list: [ *x ]", "a: [ 1"})
  void exitCode_is1_whenTheFileCannotBeRead(String yaml) throws IOException {
    assertThat(run(yaml)).isEqualTo(1);
    assertThat(written.toString(UTF_8)).isEmpty();
    assertThat(said.toString(UTF_8)).contains("litellm.yaml: cannot be used: ");
    assertThat(Main.run("import", "litellm", folder.resolve("none").toString())).isEqualTo(1);
  }
}
