package dev.drover.tools.standin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.drover.app.Server;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.types.HostPort;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drover's xDS as Envoys see it: subscriptions, ACK, NACK, new connections, both protocols. */
class AdsIT {
  private static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  private static final String ROUTES =
      "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

  /** An Envoy that notes what it is told, and refuses clusters with a certain word in them. */
  private static final class Envoy implements AdsClient.Listener, AutoCloseable {
    private final AdsClient client;
    private final String refused;
    private final List<String> order = new ArrayList<>();
    private Set<String> clusters = Set.of();
    private int told;

    Envoy(String address, String node, boolean delta, String refused) {
      this.refused = refused;
      HostPort at = HostPort.parse(address);
      client =
          new AdsClient(
              NettyChannelBuilder.forAddress(at.host(), at.port()).usePlaintext().build(),
              Node.newBuilder().setId(node).build(),
              delta,
              this);
      client.subscribe(CLUSTERS, Set.of());
      client.subscribe(ROUTES, Set.of("drover"));
      client.start();
    }

    @Override
    public synchronized void update(String type, Map<String, Any> resources) {
      told++;
      order.add(type.substring(type.lastIndexOf('.') + 1));
      if (!type.equals(CLUSTERS)) {
        return;
      }
      Set<String> names = new TreeSet<>();
      resources.keySet().forEach(name -> names.add(name.replaceAll("@[0-9a-f]{8}", "")));
      if (names.toString().contains(refused)) {
        throw new IllegalArgumentException("no " + refused + " here");
      }
      clusters = names;
    }

    synchronized Set<String> clusters() {
      return clusters;
    }

    synchronized int told() {
      return told;
    }

    synchronized List<String> order() {
      return List.copyOf(order);
    }

    @Override
    public void close() {
      client.close();
    }
  }

  @TempDir private Path folder;
  private Path config;
  private Server server;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    config = folder.resolve("drover.yaml");
    write("a");
    server = new Server(config, ((Loaded.Sound) ConfigLoader.load(config)).config(), List.of());
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  /** A config with these targets for its one model. */
  private void write(String... targets) throws IOException {
    StringBuilder each = new StringBuilder();
    for (String target : targets) {
      each.append(
          "  %s: { provider: p, model: m, price: { input: 1, output: 1 } }%n".formatted(target));
    }
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:0", admin: "127.0.0.1:0", state_dir: "%s/state", xds: { settle: 0s } }
        providers: { p: { base_url: "http://127.0.0.1:1/v1" } }
        targets:
        %s
        models: { chat: { targets: [%s], max_attempts: 1 } }
        """
            .formatted(folder, each, String.join(", ", targets)));
  }

  private Envoy envoy(String node, boolean delta, String refused) {
    return new Envoy(server.extProcAddress(), node, delta, refused);
  }

  private String page(String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://" + server.adminAddress() + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private static void await(String what, Callable<Boolean> done) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!done.call()) {
      assertThat(System.nanoTime() - deadline).as(what).isNegative();
      Thread.sleep(10);
    }
  }

  private boolean inForce(int version) throws Exception {
    return page("/config").contains("\"ruleset_version\" : " + version + ",");
  }

  @Test
  void bothProtocols_areToldClustersBeforeRoutes_andAChangeBeforeItIsInForce() throws Exception {
    try (Envoy delta = envoy("delta", true, "-");
        Envoy world = envoy("world", false, "-")) {
      await("all", () -> delta.told() == 2 && world.told() == 2);
      assertThat(delta.order()).containsExactly("Cluster", "RouteConfiguration");
      assertThat(world.order()).containsExactly("Cluster", "RouteConfiguration");
      assertThat(delta.clusters()).isEqualTo(world.clusters()).containsExactly("drover|chat|a");

      write("a", "b");
      await("the change", () -> inForce(2));
      assertThat(delta.clusters()).contains("drover|chat|b");
      assertThat(world.clusters()).contains("drover|chat|b");

      write("b");
      await("the change", () -> inForce(3));
      await("what nobody needs is gone", () -> delta.clusters().equals(Set.of("drover|chat|b")));
      await("what nobody needs is gone", () -> world.clusters().equals(Set.of("drover|chat|b")));
      assertThat(page("/xds")).contains("\"delta\"", "\"world\"");
    }
    await("gone", () -> page("/metrics").contains("drover_xds_envoys 0.0"));
  }

  @Test
  void refusalOfOne_isTakenBackFromAll_andTheNextChangeIsTaken() throws Exception {
    int version = 1;
    for (boolean picky : new boolean[] {true, false}) {
      try (Envoy taking = envoy("taking", !picky, "-");
          Envoy refusing = envoy("refusing", picky, "bad")) {
        await("all", () -> taking.told() >= 2 && refusing.told() >= 2);
        write("a", "bad");
        await(
            "the refusal",
            () ->
                page("/config").contains("Envoy refusing refused Cluster")
                    && page("/config").contains("no bad here"));
        await("taken back", () -> taking.clusters().equals(Set.of("drover|chat|a")));
        assertThat(page("/xds")).contains("\"words\" : \"no bad here\"");
        await(
            "what is refused is not offered for ever",
            () -> {
              int told = refusing.told();
              Thread.sleep(300);
              return refusing.told() == told;
            });

        write("a", "good");
        await("the next change", () -> refusing.clusters().contains("drover|chat|good"));
        await("the next change", () -> taking.clusters().contains("drover|chat|good"));
        int next = ++version;
        await("the next change", () -> inForce(next)); // clusters are told before
      }
      write("a");
      int before = ++version;
      await("as before", () -> inForce(before));
    }
  }

  @Test
  void twoThatRefuse_countTheNextTimeToo() throws Exception {
    try (Envoy first = envoy("first", false, "bad");
        Envoy second = envoy("second", false, "bad")) {
      await("all", () -> first.told() >= 2 && second.told() >= 2);
      write("a", "bad");
      await("both", () -> page("/xds").split("no bad here", -1).length > 2);
      write("a");
      await("as before", () -> page("/config").contains("\"file_problems\" : [ ]"));
      int told = second.told();
      write("a", "bad", "worse");
      await(
          "the refusal", () -> page("/config").contains("refused Cluster") && second.told() > told);
      assertThat(inForce(1)).isTrue();
    }
  }

  @Test
  void changeRightAfterTheStart_waitsForEnvoysOnTheirWay() throws Exception {
    write("a", "b");
    Thread.sleep(2_500);
    assertThat(inForce(1)).as("nobody has been told").isTrue();
    try (Envoy late = envoy("late", false, "-")) {
      await("the change", () -> inForce(2));
      assertThat(late.clusters()).contains("drover|chat|b");
    }
  }

  @Test
  void envoyThatNeverTookAnything_keepsNobodyFromAChange_andIsNotAskedForEver() throws Exception {
    for (boolean delta : new boolean[] {true, false}) {
      int version = delta ? 2 : 3;
      try (Envoy hopeless = envoy("hopeless", delta, "chat");
          Envoy other = envoy("other", true, "-")) {
        await("all", () -> other.told() >= 2 && hopeless.told() >= 1);
        Thread.sleep(300);
        int told = hopeless.told();
        Thread.sleep(300);
        assertThat(hopeless.told()).isEqualTo(told);
        write("a", "b" + version);
        await("the change", () -> inForce(version));
        assertThat(other.clusters()).contains("drover|chat|b" + version);
        assertThat(hopeless.clusters()).isEmpty();
        assertThat(page("/xds")).contains("no chat here");
      }
    }
  }

  @Test
  void envoyThatWasAway_isToldWhatHasChanged_andNothingWhenNothingHas() throws Exception {
    for (boolean delta : new boolean[] {true, false}) {
      int version = delta ? 2 : 3;
      try (Envoy envoy = envoy("one", delta, "-")) {
        await("all", () -> envoy.told() == 2);
        int streams = envoy.client.streams();
        envoy.client.cut();
        await(
            "back",
            () ->
                envoy.client.streams() > streams
                    && page("/metrics").contains("drover_xds_envoys 1.0"));
        Thread.sleep(200);
        if (!delta) { // java-control-plane does not look at what a delta client says it has
          assertThat(envoy.order()).as("told again what it has").containsOnlyOnce("Cluster");
        }

        envoy.client.cut();
        write("b" + version);
        await("the change", () -> inForce(version));
        Set<String> all = Set.of("drover|chat|b" + version);
        await(
            "told", () -> delta ? envoy.clusters().containsAll(all) : envoy.clusters().equals(all));
      }
    }
  }
}
