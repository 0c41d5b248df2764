package dev.drover.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
