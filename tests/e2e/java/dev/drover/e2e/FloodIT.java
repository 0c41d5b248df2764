package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.admission.Callers;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.testing.Soak;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Drover with a heap of 256 MiB, which no caller and no reader of a page ends. */
@Tag("soak")
class FloodIT {
  private static final int FLOOD = Soak.of(16, 200);
  private static final int READERS = Soak.of(80, 1000);
  private static final int BODY = 15 << 20;

  @TempDir private Path folder;
  private final FakeProvider provider =
      new FakeProvider("sk-p", Behaviour.GOOD.withLatency(Duration.ofMillis(500)));
  private DroverProcess drover;
  private DataPlane dataPlane;
  private int health;
  private int admin;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        Soak.LONG, "a flood is no neighbour for other tests: mvn -Psoak -Dsoak=Flood verify");
    admin = Ports.free();
    health = Ports.free();
    Files.writeString(folder.resolve("p.key"), "sk-p");
    Path config = folder.resolve("drover.yaml");
    Files.writeString(
        config,
        """
        version: 1
        server:
          listen: "127.0.0.1:%d"
          admin: "127.0.0.1:%d"
          health: "127.0.0.1:%d"
          state_dir: "%s/state"
        envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
        providers: { p: { base_url: "%s", credentials: [ { file: "%s/p.key" } ] } }
        targets: { t: { provider: p, model: m, price: { input: 1, output: 1 }, timeout: 60s } }
        models: { chat: { targets: [t] } }
        keys:
          - { id: alice, sha256: "%s" }
          - { id: bob, sha256: "%s" }
        """
            .formatted(
                Ports.free(),
                admin,
                health,
                folder,
                Ports.free(),
                provider.baseUrl(),
                folder,
                Callers.sha256("alice-key"),
                Callers.sha256("bob-key")));
    drover = DroverProcess.serve(config, admin, "-Xmx256m", "-XX:+ExitOnOutOfMemoryError");
    GatewayConfig loaded = Rig.load(config);
    dataPlane = TestDataPlane.chosen().start(loaded, folder);
  }

  @AfterEach
  void stop() throws Exception {
    if (drover != null) {
      dataPlane.close();
      drover.kill();
    }
    provider.close();
  }

  private HttpRequest request(String key, byte[] body) {
    return Http.request("http://" + dataPlane.address() + Http.CHAT)
        .header("authorization", "Bearer " + key)
        .header("content-type", "application/json")
        .timeout(Duration.ofMinutes(2))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  /** Large bodies of one key to a slow model leave room for others, and end nothing. */
  @Test
  void largeBodiesOfOneKey_leaveOthersTheirRoom() throws Exception {
    byte[] small = Http.chat("chat").getBytes(StandardCharsets.UTF_8);
    byte[] large =
        Http.chat("chat").replace("hello", "x".repeat(BODY)).getBytes(StandardCharsets.UTF_8);
    List<Future<Integer>> alices = new ArrayList<>();
    int served = 0;
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < FLOOD; i++) {
        alices.add(threads.submit(() -> status(client, request("alice-key", large))));
      }
      for (int i = 0; i < 40; i++) {
        served += status(client, request("bob-key", small)) == 200 ? 1 : 0;
      }
      Map<Integer, Integer> seen = new TreeMap<>();
      for (Future<Integer> each : alices) {
        seen.merge(each.get(), 1, Integer::sum);
      }
      assertThat(seen.keySet()).as("%s", seen).isSubsetOf(-1, 200, 429, 503);
      assertThat(seen).as("%s", seen).containsKey(200);
    }
    assertThat(served).as("of 40 of the other key").isGreaterThanOrEqualTo(38);
    assertThat(drover.alive()).isTrue();
    assertThat(Http.once("127.0.0.1", health, "/health/live")).startsWith("HTTP/1.1 200");
  }

  /** A refusal before the body is sent may end the connection that the body is written to. */
  private static int status(HttpClient client, HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return response.statusCode();
    } catch (IOException _) {
      return -1;
    }
  }

  @Test
  void slowReadersOfEachPage_endNothing() throws Exception {
    String[] paths = {"/", "/console/chart.js", "/metrics", "/live", "/config", "/targets"};
    List<Socket> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(reader(paths[i % paths.length]));
    }
    assertThat(Http.once("127.0.0.1", health, "/health/live")).startsWith("HTTP/1.1 200");
    for (Socket each : readers) {
      each.close();
    }
    assertThat(Http.once("127.0.0.1", admin, "/live")).startsWith("HTTP/1.1 200");
    assertThat(drover.alive()).isTrue();
  }

  private Socket reader(String path) throws IOException {
    Socket reader = new Socket();
    try {
      reader.setReceiveBufferSize(1024);
      reader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), admin), 20);
      reader
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nhost: localhost\r\n\r\n"
                  .formatted(path)
                  .repeat(50)
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException _) {
      return reader; // not taken: the bound holds
    }
    return reader;
  }
}
