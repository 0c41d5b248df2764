package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Soak;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two Drovers behind one data plane, as a Deployment has them. */
@Tag("data-plane")
@Tag("soak")
class RollingIT {
  private static final int PER_SECOND = Soak.of(40, 200);
  private static final Pattern PART =
      Pattern.compile("drover_attempts_total\\{.*outcome=\"success\".*[1-9]");

  @TempDir private Path folder;
  private final List<DroverProcess> processes = new ArrayList<>();
  private final FakeProvider provider = new FakeProvider(null, Behaviour.GOOD);
  private final FakeProvider failing = new FakeProvider(null, Behaviour.GOOD);

  @AfterEach
  void stop() throws InterruptedException {
    for (DroverProcess process : processes) {
      process.kill();
    }
    provider.close();
    failing.close();
  }

  /** A config whose first target fails half the time: those exchanges need a second attempt. */
  private Path config(String name, int port, int admin, String both) throws Exception {
    Path config = Files.createDirectories(folder.resolve(name)).resolve("drover.yaml");
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:%d", state_dir: "%s/%s/state", drain: 20s }
        envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0", message_timeout: 30s, ext_proc: [ %s ] }
        providers: { f: { base_url: "%s" }, p: { base_url: "%s" } }
        targets:
          ill: { provider: f, model: m, price: { input: 1, output: 1 }, health: { failures_in_row: 1000, failure_share: 1.0 } }
          well: { provider: p, model: m, price: { input: 2, output: 2 } }
        models: { chat: { targets: [ill, well], strategy: priority } }
        """
            .formatted(
                port,
                admin,
                folder,
                name,
                Ports.free(),
                both,
                failing.baseUrl(),
                provider.baseUrl()));
    return config;
  }

  private DataPlane dataPlane(Path config) throws Exception {
    return TestDataPlane.chosen().start(Rig.load(config), folder);
  }

  @Test
  void droverKilled_meansAClear503WithinASecond_orThePassThroughTarget() throws Exception {
    for (String passThrough : new String[] {"", "pass_through: well, "}) {
      int port = Ports.free();
      int admin = Ports.free();
      Path config = config("killed" + port, port, admin, "\"127.0.0.1:%d\"".formatted(port));
      Files.writeString(
          config, Files.readString(config).replace("envoy: { ", "envoy: { " + passThrough));
      DroverProcess drover = DroverProcess.serve(config, admin);
      processes.add(drover);
      try (DataPlane dataPlane = dataPlane(config)) {
        String url = "http://" + dataPlane.address() + Http.CHAT;
        assertThat(Http.post(url, Http.chat("chat")).headers().firstValue("x-drover-target"))
            .isPresent();
        drover.kill();
        long begun = System.nanoTime();
        HttpResponse<String> answer = Http.post(url, Http.chat("m"));
        if (passThrough.isEmpty()) {
          assertThat(System.nanoTime() - begun).isLessThan(1_000_000_000L);
          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.body()).contains("\"error\"", "\"proxy_503\"");
        } else {
          assertThat(answer.statusCode()).isEqualTo(200);
          assertThat(provider.received().getLast().body().text()).isEqualTo(Http.chat("m"));
        }
      }
    }
  }

  @Test
  void rollingRestart_underLoad_withLongStreams_isSeenByNoClient() throws Exception {
    int[] ports = {Ports.free(), Ports.free()};
    int[] admins = {Ports.free(), Ports.free()};
    String both = "\"127.0.0.1:%d\", \"127.0.0.1:%d\"".formatted(ports[0], ports[1]);
    List<Path> configs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      configs.add(config("drover-" + i, ports[i], admins[i], both));
      processes.add(DroverProcess.serve(configs.get(i), admins[i]));
    }
    provider.behave(Behaviour.GOOD.withStream(50, Duration.ofMillis(100)));
    failing.behave(
        Behaviour.always(Behaviour.Kind.ERROR_500)
            .withShare(0.5)
            .withStream(50, Duration.ofMillis(100)));
    try (DataPlane dataPlane = dataPlane(configs.getFirst());
        Traffic traffic = new Traffic("http://" + dataPlane.address())) {
      traffic
          .warmUp(Http.chat("chat"))
          .each(PER_SECOND, Http.chat("chat"), answer -> answer.statusCode() == 200)
          .each(4, Http.stream("chat"), answer -> answer.body().endsWith("data: [DONE]\n\n"));
      traffic.awaitQuick();
      for (int i = 0; i < 2; i++) {
        processes.get(i).stop();
        processes.set(i, DroverProcess.serve(configs.get(i), admins[i]));
        awaitPart(admins[i]);
        traffic.awaitQuick();
      }
      traffic.stop();
      assertThat(traffic.problems()).isEmpty();
      assertThat(traffic.answered()).isGreaterThan(PER_SECOND);
    }
  }

  /** A Drover that was started again is asked once its health has been checked. */
  private static void awaitPart(int admin) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String metrics = "";
    while (!PART.matcher(metrics).find() && System.nanoTime() < deadline) {
      Thread.sleep(100);
      metrics = Http.get("http://127.0.0.1:" + admin + "/metrics").body();
    }
    assertThat(metrics).as("the Drover that was started again has its part").containsPattern(PART);
  }
}
