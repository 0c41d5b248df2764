package dev.drover.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.bind.Problem;
import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.HealthConfig;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.ServerConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.json.Yaml;
import dev.drover.testing.Configs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
  private static final String MANY_MISTAKES =
      """
      version: 2
      sever: {}
      server: { listen: nowhere, admin: 9003, max_message: 64MB, drain: soon, access_log: maybe }
      envoy: { filters: three, message_timeout: 1ms, max_body: 1GiB, pass_through: nobody, tls: x }
      health: { failures_in_row: 0, failure_share: 2, window: 60, open_for: 10m, open_at_most: 1m }
      currencies: { yuan: 0.14, EUR: -1 }
      providers:
        "bad name": { base_url: "https://x.example" }
        one: { base_url: "ftp://x.example", dialect: opnai, credentials: [ { env: A, file: b }, {} ] }
        two: { headers: { "X Y": 1 } }
      targets:
        a: { provider: onee, model: m, price: { input: -1, output: cheap, currency: CNY }, context_window: 1.5 }
        b: { provider: one, price: { input: 1 }, timeout: 2h, supports: [tool], tier: 1 }
        c: { provider: one, model: m, price: { input: 1, output: 1, tiers: [ { above_input_tokens: 5, input: 1, output: 1 }, { above_input_tokens: 5, input: 1, output: 1 } ] } }
      models:
        chat: { targets: [a, d, a], strategy: cost-optmal, max_attempts: 9, aliases: [solo], weights: { z: 1 } }
        solo: { targets: [] }
      """;

  private static List<String> problems(String yaml) {
    return switch (ConfigLoader.parse(yaml)) {
      case Loaded.Sound _ -> List.of();
      case Loaded.Broken broken -> broken.problems().stream().map(Problem::toString).toList();
    };
  }

  @Test
  void everyMistake_isReportedAtOnce_withPathValueAndExpectation() {
    List<String> problems = problems(MANY_MISTAKES);

    assertThat(problems).hasSizeGreaterThanOrEqualTo(25).doesNotHaveDuplicates();
    assertThat(problems).allMatch(problem -> problem.matches("(?s)[^:]+.*: .* \\(expected: .+\\)"));
    assertThat(problems)
        .contains(
            "sever: unknown key (expected: a known key; did you mean \"server\"?)",
            "version: 2 (expected: a whole number, 1)",
            "server.drain: \"soon\" (expected: a duration such as 500ms, 30s, 5m from 0s to 1h)",
            "server.max_message: \"64MB\" (expected: a size such as 512KiB, 64MiB from 64KiB to 1GiB; did you mean \"64MiB\"?)",
            "server.access_log: \"maybe\" (expected: true or false)",
            "envoy.filters: \"three\" (expected: one of two, one)",
            "envoy.pass_through: \"nobody\" (expected: a key of targets)",
            "health.open_at_most: 1m (expected: at least health.open_for, 10m)",
            "providers.one.dialect: \"opnai\" (expected: one of openai, anthropic, responses, gemini, bedrock, bedrock-anthropic, vertex-anthropic; did you mean \"openai\"?)",
            "providers.one.credentials[0]: env and file (expected: exactly one of env, file, aws, google, azure)",
            "providers.one.credentials[1]: none of env, file, aws, google, azure (expected: exactly one of env, file, aws, google, azure)",
            "providers.two.base_url: missing (expected: a URL such as https://api.openai.com/v1, without user, query and fragment)",
            "targets.a.provider: \"onee\" (expected: a key of providers; did you mean \"one\"?)",
            "targets.a.price.input: -1 (expected: a number from 0 to 1000000)",
            "targets.a.price.currency: \"CNY\" (expected: a key of currencies)",
            "targets.b.supports[0]: \"tool\" (expected: one of tools, vision, audio, json_schema, streaming, logprobs; did you mean \"tools\"?)",
            "targets.c.price.tiers[1].above_input_tokens: 5 (expected: more than the tier before, 5)",
            "models.chat.targets[1]: \"d\" (expected: a key of targets; did you mean \"a\"?)",
            "models.chat.targets[2]: \"a\" (expected: each target once)",
            "models.chat.strategy: \"cost-optmal\" (expected: one of priority, weighted, cost-optimal, latency-optimal, balanced, least-busy; did you mean \"cost-optimal\"?)",
            "models.chat.aliases[0]: \"solo\" (expected: a name that is not taken; models.solo has it)",
            "models.solo.targets: empty (expected: at least one target)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "text",
        "a: b: c",
        "version: 1",
        "version: 1\nversion: 1",
        "{",
        "version: [1]",
        "? {a: b}\n: c",
        "providers: 3",
        "targets: [x]",
        "models: { m: }",
        "- \t",
        "version: &a 1\nx: *b",
        "\u0000"
      })
  void anyText_isSoundOrAReport_neverAnException(String yaml) {
    assertThat(problems(yaml)).isNotEmpty();
  }

  @Test
  void secondDocument_isNotLeftOutInSilence() {
    assertThat(problems("version: 1\n---\nversion: 1\n"))
        .containsExactly(
            "not YAML that can be used at line 3: a second document: only one is read (expected: a YAML mapping)");
  }

  @Test
  void smallConfig_hasTheRecordedDefaults() {
    GatewayConfig config =
        Configs.load(
            """
        version: 1
        providers: { p: { base_url: "https://p.example/v1" } }
        targets: { t: { provider: p, model: m, price: { input: 1, output: 2 } } }
        models: { m: { targets: [t] } }
        """);

    assertThat(config.server())
        .isEqualTo(
            new ServerConfig(
                "127.0.0.1:9002",
                "127.0.0.1:9003",
                null,
                null,
                null,
                false,
                "drover-state",
                null,
                null,
                false,
                new ByteSize(64 << 20),
                new ByteSize(64 << 20),
                Duration.ofSeconds(30),
                false));
    assertThat(config.health())
        .isEqualTo(
            new HealthConfig(
                5,
                0.5,
                10,
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                true,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Map.of(),
                1000,
                "none",
                Duration.ofSeconds(10)));
    assertThat(config.envoy().filters()).isEqualTo("two");
    TargetConfig target = Objects.requireNonNull(config.targets().get("t"));
    assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(target.supports()).hasSize(6);
    ModelConfig model = Objects.requireNonNull(config.models().get("m"));
    assertThat(model.maxAttempts()).isEqualTo(3);
    assertThat(model.strategy()).isEqualTo("priority");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keys: { a: 010 } | not YAML that can be used at line 2: 010 is no decimal number",
        "keys: { a: 0x10 } | not YAML that can be used at line 2: 0x10 is no decimal number",
        "keys: @foo | not YAML that can be used at line 2: found character '@'",
        "keys: [ | not YAML that can be used at line 3: expected the node content",
        "providers: { p: { base_url: \"http://a\", headers: { x-n: 5 } } } | providers.p.headers.x-n: 5 (expected: text)"
      })
  void yamlThatIsNotMeant_isRefusedWhereItStands(String yaml, String problem) {
    assertThat(problems("version: 1\n" + yaml + "\n"))
        .anySatisfy(found -> assertThat(found).startsWith(problem));
  }

  @Test
  void missingFile_isAProblem(@TempDir Path folder) {
    assertThat(ConfigLoader.load(folder.resolve("none.yaml")))
        .isInstanceOfSatisfying(
            Loaded.Broken.class, broken -> assertThat(broken.report()).contains("none.yaml"));
  }

  @Test
  void dump_showsDefaultsButNoHeaderValues() throws Exception {
    GatewayConfig config =
        Configs.load(
            Configs.THREE
                .replace("STRATEGY", "priority")
                .replace("[ { env: KEY_TWO } ]", "[], headers: { x-key: hidden }"));
    String dump = Yaml.writeJson(ConfigDump.of(config));
    assertThat(dump)
        .contains("\"max_attempts\" : 3", "\"x-key\" : \"(not shown)\"")
        .doesNotContain("hidden");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "providers.p.base_url: https://host:99999",
        "providers.p.base_url: https://exa_mple.com",
        "providers.p.base_url: https://host/%zz",
        "providers.p.credentials: { env: A }",
        "providers.p.credentials: [ { env: sk-live-1 } ]",
        "providers.p.headers: { content-length: \"5\" }",
        "providers.p.headers: { x-a: \"1\\r\\nx-b: 2\" }",
        "targets.t.model: \"a\\0\"",
        "targets.t.price.tiers: { a: 1 }",
        "models.m.targets: { t: 1 }",
        "models.m.aliases: { t: 1 }",
        "server.listen: \"127.0.0.1:99999\"",
        "server.listen: \"0.0.0.0:9002\"",
        "server.admin: \"0.0.0.0:9003\"",
        "server.admin: \"127.0.0.1:9002\"",
        "envoy.max_body: 512MiB",
        "currencies.USD: 5",
        "models.m: *p",
      })
  void valuesThatCannotWork_areProblems_andKeysPastedInTheWrongPlaceAreNotShown(String change) {
    int colon = change.indexOf(": ");
    String[] path = change.substring(0, colon).split("\\.", -1);
    String yaml =
        """
        version: 1
        providers: { p: { base_url: "https://p.example" } }
        targets: { t: { provider: p, model: m, price: { input: 1, output: 2 } } }
        models: { m: { targets: [t] } }
        """;
    Map<String, Object> merged = tree(yaml);
    Map<String, Object> at = merged;
    for (int i = 0; i < path.length - 1; i++) {
      at = child(at, path[i]);
    }
    String value = change.substring(colon + 2);
    at.put(path[path.length - 1], value.startsWith("*") ? value : tree("v: " + value).get("v"));
    String text = Yaml.write(merged).replace("\"*p\"", "*p").replace("'*p'", "*p");

    assertThat(problems(text))
        .as(text)
        .isNotEmpty()
        .noneMatch(problem -> problem.contains("sk-live"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "server: { listen: nowhere } ~ server.listen: \"nowhere\" (expected: a host and a port such as 127.0.0.1:9002, or unix:/PATH)",
        "server: { listen: \"0.0.0.0:99999\" } ~ server.listen: \"0.0.0.0:99999\" (expected: host:port with a port of 0..65535)",
        "providers: { p: { base_url: \"http://a b\" } } ~ providers.p.base_url: \"http://a b\" (expected: a URL such as https://api.openai.com/v1, without user, query and fragment)",
        "providers: { p: { base_url: \"https://a/v1/chat/completions\" } } ~ providers.p.base_url: \"https://a/v1/chat/completions\" (expected: a URL without /chat/completions, which is added)",
      })
  void addressThatIsWrong_isNamedOnce(String yaml, String problem) {
    String path = problem.substring(0, problem.indexOf(':'));
    assertThat(problems("version: 1\n" + yaml + "\n"))
        .filteredOn(found -> found.startsWith(path))
        .containsExactly(problem);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> tree(String yaml) {
    return new com.fasterxml.jackson.databind.ObjectMapper()
        .convertValue(Yaml.parse(yaml), LinkedHashMap.class);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> map, String key) {
    return (Map<String, Object>) map.computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>());
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.schema.json", "config.md"})
  void reference_isGeneratedFromTheRecords(String file) throws Exception {
    String now = file.endsWith("md") ? Reference.page() : Reference.schema();
    Path path = Path.of("docs/reference", file);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(path, now);
    }
    assertThat(Files.readString(path))
        .as("run: mvn test -Dtest=ConfigLoaderTest -Dgolden.update=true")
        .isEqualTo(now);
  }
}
