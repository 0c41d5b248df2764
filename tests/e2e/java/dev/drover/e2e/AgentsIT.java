package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.drover.record.ExchangeRecord;
import dev.drover.types.Usage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The real coding agents, pointed at Drover: each one has a provider of each API write a file, read
 * it and say what it holds. Skipped where Node.js is missing.
 */
@Tag("clients")
class AgentsIT {
  private static final Path MODULES = Path.of("target/clients/node_modules").toAbsolutePath();
  private static final String PROMPT = "Write 42 to answer.txt, read it back, then say the answer.";
  private static final int TURNS = 3;

  /** More time than any of them takes on a busy machine. */
  private static final int PATIENCE_SECONDS = 120;

  @TempDir Path folder;

  static Stream<Arguments> runs() {
    List<Arguments> runs = new ArrayList<>();
    for (String agent : List.of("claude", "codex", "codex gpt-5.6-sol", "opencode")) {
      for (String dialect : List.of("openai", "anthropic", "responses", "gemini", "bedrock")) {
        for (String filters : List.of("two", "one")) {
          runs.add(Arguments.of(agent, dialect, filters));
        }
      }
    }
    return runs.stream();
  }

  /** A config whose one target speaks an API. */
  static String config(String url, String dialect, String filters) {
    return Rig.yaml()
        .replaceAll("(?s)providers:.*", "")
        .replace("envoy: {", "envoy: { filters: " + filters + ",")
        .concat(
            """
            providers:
              up: { base_url: "%s", dialect: %s, credentials: [ { file: "FOLDER/first.key" } ] }
            targets:
              t: { provider: up, model: up-model, price: { input: 5, output: 25, cached_input: 0.5 } }
            models:
              agent: { targets: [t], aliases: ["claude-*", "gpt-*", "fake-*"] }
            """
                .formatted(url, dialect));
  }

  @ParameterizedTest(name = "{0}, {1}, {2} filter(s)")
  @MethodSource("runs")
  void agent_finishesATask_andEachTurnIsAccountedFor(String agent, String dialect, String filters)
      throws Exception {
    assumeThat(MODULES).as("npm, which installs the agents").exists();
    Path work = Files.createDirectory(folder.resolve("work"));
    Path file = work.resolve("answer.txt");
    try (ScriptedProvider provider = new ScriptedProvider(file.toString())) {
      Rig rig = new Rig(folder, config(provider.url(), dialect, filters));
      try {
        String said = run(agent, rig.url(), work);
        assertThat(said).contains("The answer is 42.");
        assertThat(file).hasContent("42");
        for (int turn = 0; turn < TURNS; turn++) {
          ExchangeRecord record = rig.record();
          assertThat(record.usage().status()).isEqualTo(Usage.Status.COMPLETE);
          assertThat(record.usage().input()).isEqualTo(ScriptedProvider.input(turn));
          assertThat(record.usage().output()).isEqualTo(ScriptedProvider.output(turn));
          assertThat(record.target()).isEqualTo("t");
        }
      } finally {
        rig.close();
      }
    }
  }

  private String run(String agent, String url, Path work) throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command;
    Map<String, String> more;
    if (agent.equals("claude")) {
      command = List.of("claude", "-p", PROMPT, "--dangerously-skip-permissions");
      more =
          Map.of(
              "ANTHROPIC_BASE_URL", url,
              "ANTHROPIC_AUTH_TOKEN", "none",
              "ANTHROPIC_MODEL", "claude-sonnet-5-5",
              "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1",
              "DISABLE_AUTOUPDATER", "1",
              "DISABLE_TELEMETRY", "1",
              "DISABLE_ERROR_REPORTING", "1",
              "IS_SANDBOX", "1");
    } else if (agent.startsWith("codex")) {
      String model = agent.equals("codex") ? "gpt-5.5" : "gpt-5.6-sol";
      Path codex = Files.createDirectories(folder.resolve("codex"));
      Files.writeString(codex.resolve("config.toml"), codexConfig(model, url));
      command =
          List.of(
              "codex",
              "exec",
              "--skip-git-repo-check",
              "--dangerously-bypass-approvals-and-sandbox",
              PROMPT);
      more = Map.of("CODEX_HOME", codex.toString(), "DROVER_KEY", "none");
    } else {
      Path config = folder.resolve("opencode.json");
      Files.writeString(config, openCodeConfig(url));
      command = List.of("opencode", "run", "--title", "t", PROMPT);
      more =
          Map.of(
              "OPENCODE_CONFIG", config.toString(),
              "OPENCODE_DISABLE_AUTOUPDATE", "1",
              "OPENCODE_DISABLE_MODELS_FETCH", "1",
              "OPENCODE_DISABLE_LSP_DOWNLOAD", "1",
              "OPENCODE_DISABLE_DEFAULT_PLUGINS", "1",
              "npm_config_offline", "true");
    }
    Path out = folder.resolve("out.txt");
    Path errors = folder.resolve("errors.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(work.toFile()).redirectInput(new File("/dev/null"));
    builder.redirectOutput(out.toFile()).redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", MODULES.resolve(".bin") + ":" + System.getenv("PATH"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().put("LANG", "C.UTF-8");
    builder.environment().putAll(more);
    command = new ArrayList<>(command);
    command.set(0, MODULES.resolve(".bin").resolve(command.getFirst()).toString());
    Process process = builder.command(command).start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String said = text(out);
    assertThat(ended && process.exitValue() == 0)
        .as("%s ended well; it said:%n%s%n%s", agent, said, text(errors))
        .isTrue();
    return said;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static String codexConfig(String model, String url) {
    return """
        model = "%s"
        model_provider = "drover"
        check_for_update_on_startup = false
        [analytics]
        enabled = false
        [otel]
        exporter = "none"
        trace_exporter = "none"
        metrics_exporter = "none"
        [features]
        plugins = false
        [model_providers.drover]
        name = "Drover"
        base_url = "%s/v1"
        wire_api = "responses"
        env_key = "DROVER_KEY"
        """
        .formatted(model, url);
  }

  private static String openCodeConfig(String url) {
    return """
        {"$schema":"https://opencode.ai/config.json","autoupdate":false,"share":"disabled",
         "model":"drover/fake-model","small_model":"drover/fake-model","permission":{"*":"allow"},
         "provider":{"drover":{"npm":"@ai-sdk/openai-compatible","name":"Drover",
           "options":{"baseURL":"%s/v1","apiKey":"none"},
           "models":{"fake-model":{"name":"Fake","tool_call":true,"limit":{"context":128000,"output":8192}}}}}}
        """
        .formatted(url);
  }
}
