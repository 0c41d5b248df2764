package dev.drover.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.admission.Callers;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.testing.Configs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    PrintStream both = new PrintStream(printed, true, UTF_8);
    System.setOut(both);
    System.setErr(both);
  }

  @AfterEach
  void leave() {
    System.setOut(out);
    System.setErr(err);
  }

  private String printed() {
    return printed.toString(UTF_8);
  }

  @Test
  void day_isAskedForByExample() {
    assertThat(Main.run("report", "drover.yaml", "--since", "yesterday")).isEqualTo(2);
    assertThat(printed())
        .contains("--since", "yesterday (expected: a day such as 2026-11-01)")
        .doesNotContain("Exception");
  }

  @Test
  void alertTest_saysThatThereIsNoWebhook(@TempDir Path folder) throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("drover.yaml"), Configs.THREE.replace("STRATEGY", "priority"));
    assertThat(Main.run("alert", "test", config.toString())).isEqualTo(1);
    assertThat(printed()).contains("alerts.webhooks: none (expected: at least one to try)");
  }

  @Test
  void init_writesAConfigThatIsSound_andNeverOverOne(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("drover.yaml");
    assertThat(
            Main.run(
                "init", file.toString(), "--kind", "anthropic", "--model", "claude-sonnet-4-6"))
        .isZero();
    String yaml = Files.readString(file);
    GatewayConfig config = Configs.load(yaml);
    assertThat(config.models()).containsOnlyKeys("claude-sonnet-4-6");
    assertThat(config.providers().get("anthropic"))
        .satisfies(
            provider ->
                assertThat(provider.credentials().getFirst().env())
                    .as("the usual variable")
                    .isEqualTo("ANTHROPIC_API_KEY"));
    Matcher secret = Pattern.compile("sk-drover-\\S+").matcher(printed());
    assertThat(secret.find()).isTrue();
    assertThat(yaml).contains(Callers.sha256(secret.group())).doesNotContain(secret.group());
    assertThat(Main.run("init", file.toString(), "--kind", "openai", "--model", "gpt-5.5"))
        .isEqualTo(2);
    assertThat(printed()).contains("is there already (expected: another FILE)");
    assertThat(Files.readString(file)).isEqualTo(yaml);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --kind openay --model gpt-5.5                        | init: --kind: "openay"
          --kind openai --model gpt-99.9                       | no price list has this model
          --kind openai                                        | init: --model: not given
          --model gpt-5.5                                      | init: --kind: not given
          --kind vertex --model gemini-2.5-pro --region global | providers.vertex.project: none
          --kind openai --model gpt-5.5 --key sk-live          | init: --key: "sk-live" (expected: the name of an environment variable
          """)
  void init_namesWhatIsMissing(String arguments, String message, @TempDir Path folder) {
    Path file = folder.resolve("drover.yaml");
    List<String> line = new ArrayList<>(List.of("init", file.toString()));
    line.addAll(List.of(arguments.strip().split(" ")));
    assertThat(Main.run(line.toArray(String[]::new))).isPositive();
    assertThat(printed()).contains(message);
    assertThat(file).doesNotExist();
  }

  @Test
  void completion_isAScriptOfAllCommands() {
    assertThat(Main.run("completion", "bash")).isZero();
    assertThat(printed()).contains("complete -F _complete_drover", "render", "--probe");
    assertThat(Main.run("completion", "fish")).isEqualTo(2);
    assertThat(Main.run("help", "check")).isZero();
    assertThat(printed()).contains("Usage: drover check");
  }

  @Test
  void status_isOneScreen_andFailsWhileAnAlertFires() throws Exception {
    HttpServer admin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(
        "/targets",
        exchange ->
            answer(
                exchange,
                """
                {"a":{"breaker":"closed","in_flight":3,"latency_ms":{"p50":12.4,"p99":80},"seconds_cooling":0,"switched_off":false,"last_failure":"timeout","seconds_since_failure":9},
                 "b":{"breaker":"open","in_flight":0,"latency_ms":{},"seconds_cooling":0,"switched_off":false},
                 "c":{"breaker":"closed","in_flight":0,"latency_ms":{},"seconds_cooling":3,"switched_off":false},
                 "d":{"breaker":"closed","in_flight":0,"latency_ms":{},"seconds_cooling":0,"switched_off":true}}
                """
                    .getBytes(UTF_8)));
    AtomicReference<String> alerts = new AtomicReference<>("[]");
    admin.createContext(
        "/alerts",
        exchange ->
            answer(
                exchange,
                "{\"spent_today_usd\":1.239,\"alerts\":%s}"
                    .formatted(alerts.get())
                    .getBytes(UTF_8)));
    admin.start();
    try {
      String at = "127.0.0.1:" + admin.getAddress().getPort();
      assertThat(Main.run("status", "--admin", at)).isZero();
      assertThat(printed())
          .containsPattern("a +healthy +3 +12 +80 timeout, 9 s ago")
          .containsPattern("b +circuit open")
          .containsPattern("c +resting")
          .containsPattern("d +switched off")
          .contains("Spent today (UTC): 1.24 USD", "Alerts: none");
      alerts.set("[{\"summary\":\"it burns\",\"since\":\"12:00\",\"action\":\"Put it out.\"}]");
      assertThat(Main.run("status", "--admin", at)).isEqualTo(1);
      assertThat(printed()).contains("it burns since 12:00. Put it out.");
    } finally {
      admin.stop(0);
    }
  }

  @Test
  void rolloutStatus_showsTheModelAskedFor() throws Exception {
    HttpServer admin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "{ \"chat\": { \"percent\": 5 }, \"mini\": { \"percent\": 50 } }".getBytes(UTF_8);
    admin.createContext("/rollouts", exchange -> answer(exchange, page));
    admin.createContext("/other", exchange -> answer(exchange, "<html>".getBytes(UTF_8)));
    admin.start();
    try {
      String at = "127.0.0.1:" + admin.getAddress().getPort();
      assertThat(Main.run("rollout", "status", "mini", "--admin", at)).isZero();
      assertThat(printed()).contains("50").doesNotContain("chat");
      assertThat(Main.run("rollout", "status", "mini", "--admin", at + "/other")).isEqualTo(1);
      assertThat(printed())
          .contains("/other/rollouts: no JSON (expected: the admin port of a drover serve)");
      assertThat(Main.run("rollout", "status", "other", "--admin", at)).isEqualTo(1);
      assertThat(printed())
          .contains("other: none such in /rollouts (expected: one of [chat, mini])");
    } finally {
      admin.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret-1\nsecret-2\n", "secret-1 secret-2", "\n", ""})
  void tokenThatIsNone_isNotShown(String text, @TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), text);
    assertThat(Main.run("rollout", "promote", "chat", "--token-file", token.toString()))
        .isEqualTo(1);
    assertThat(printed()).contains("no token (expected: printable").doesNotContain("secret-");
  }

  @Test
  void portThatIsNotDroversAdmin_isNamed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread talk =
          Thread.startVirtualThread(
              () -> {
                try (Socket peer = other.accept()) {
                  peer.getOutputStream().write("220 not HTTP\r\n".getBytes(UTF_8));
                } catch (IOException _) {
                  // the command has gone
                }
              });
      String at = "http://127.0.0.1:" + other.getLocalPort();
      assertThat(Main.run("rollout", "status", "--admin", at)).isEqualTo(1);
      talk.join();
      assertThat(printed())
          .contains(at + "/: ", "(expected: the admin port of a running drover serve)");
    }
  }
}
