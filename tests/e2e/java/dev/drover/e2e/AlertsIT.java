package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.drover.json.Yaml;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.standin.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An incident, and who is told of it. */
class AlertsIT {
  @TempDir private Path folder;
  private static final Pattern TOLD =
      Pattern.compile("\"rule\" : \"error_rate\"[^}]*\"told\" : \"2");

  private final List<Map<String, Object>> received = new CopyOnWriteArrayList<>();

  private HttpServer receiver(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/",
        exchange -> {
          received.add(
              Yaml.readMap(
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private void await(String rule, String status) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!told(rule, status) && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
    assertThat(told(rule, status)).as("%s %s in %s", status, rule, received).isTrue();
  }

  private boolean told(String rule, String status) {
    return received.stream()
        .anyMatch(map -> rule.equals(map.get("rule")) && status.equals(map.get("status")));
  }

  @Test
  void incident_isTold_andItsEnd_thoughTheReceiverIsAwayForAWhile() throws Exception {
    int port = Ports.free();
    String yaml =
        Rig.yaml()
            + """
            alerts:
              webhooks: { ops: { url: "http://127.0.0.1:%d/" } }
              rules:
                error_rate: { for: 1s, over: 6s }
                breaker_open: { for: 1s }
            """
                .formatted(port);
    Rig rig = new Rig(folder, yaml);
    try {
      rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
      rig.second.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
      String page = "http://" + rig.server.adminAddress() + "/alerts";
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!Http.get(page).body().contains("error_rate") && System.nanoTime() < deadline) {
        Http.post(rig.url() + "/v1/chat/completions", Http.chat("chat"));
      }
      while (!TOLD.matcher(Http.get(page).body()).find() && System.nanoTime() < deadline) {
        Thread.sleep(50);
      }
      assertThat(Http.get(page).body()).containsPattern(TOLD).contains("breaker_open");
      HttpServer receiver = receiver(port);
      try {
        await("error_rate", "firing");
        await("breaker_open", "firing");
        await("error_rate", "resolved");
        assertThat(Http.get("http://" + rig.server.adminAddress() + "/metrics").body())
            .containsPattern(
                "drover_alert_messages_total\\{result=\"delivered\",webhook=\"ops\"} [1-9]")
            .containsPattern("drover_alerts_firing\\{rule=\"breaker_open\"} [1-9]");
      } finally {
        receiver.stop(0);
      }
    } finally {
      rig.records();
      rig.close();
    }
  }

  @Test
  void test_saysWhetherAWebhookTakesIt() throws Exception {
    int port = Ports.free();
    Path config = folder.resolve("drover.yaml");
    Files.writeString(
        config,
        """
        version: 1
        providers: { p: { base_url: "http://127.0.0.1:1/v1" } }
        targets: { a: { provider: p, model: m, price: { input: 1, output: 1 } } }
        models: { chat: { targets: [a] } }
        alerts: { webhooks: { ops: { url: "http://127.0.0.1:%d/" } } }
        """
            .formatted(port));
    HttpServer receiver = receiver(port);
    try {
      assertThat(DroverProcess.run("alert", "test", config.toString(), "ops"))
          .contains("ops: delivered");
    } finally {
      receiver.stop(0);
    }
    assertThat(received.getFirst()).containsEntry("status", "test");
  }
}
