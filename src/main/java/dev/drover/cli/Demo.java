package dev.drover.cli;

import dev.drover.app.Server;
import dev.drover.config.ConfigLoader;
import dev.drover.config.GatewayConfig;
import dev.drover.config.Loaded;
import dev.drover.exchange.ExchangeListener;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.standin.DataPlane;
import dev.drover.standin.fake.Behaviour;
import dev.drover.standin.fake.FakeProvider;
import dev.drover.types.HostPort;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything on one machine: fake providers, Drover, a data plane. Closing it leaves nothing
 * behind.
 */
final class Demo implements AutoCloseable {
  private static final String CHEAP_KEY = "sk-fake-cheap";
  private static final String DEAR_KEY = "sk-fake-dear";
  private static final String ADMIN_TOKEN = "demo-admin-token";

  private final Path folder;
  private final Deque<Runnable> opened = new ArrayDeque<>();
  private final FakeProvider cheap;
  private final Server server;
  private final DataPlane dataPlane;

  /**
   * Starts it all.
   *
   * @param port where the data plane listens; 0 picks a free one
   * @param behaviour of the two good providers
   */
  Demo(int port, Behaviour behaviour, ExchangeListener listener, PrintStream accessLog)
      throws IOException, InterruptedException {
    folder = Files.createTempDirectory("drover-demo");
    opened.add(this::removeFolder);
    try {
      cheap = opened(new FakeProvider(CHEAP_KEY, behaviour));
      FakeProvider dear = opened(new FakeProvider(DEAR_KEY, behaviour));
      FakeProvider broken =
          opened(new FakeProvider(null, Behaviour.always(Behaviour.Kind.ERROR_500)));
      Map<String, String> values = new LinkedHashMap<>();
      values.put("cheap", cheap.baseUrl());
      values.put("dear", dear.baseUrl());
      values.put("broken", broken.baseUrl());
      values.put("cheap_key", secret("cheap", CHEAP_KEY));
      values.put("dear_key", secret("dear", DEAR_KEY));
      values.put("admin_token", secret("admin", ADMIN_TOKEN));
      values.put("state", folder.resolve("state").toString());
      values.put("envoy", Integer.toString(port == 0 ? freePort() : port));
      values.put("admin", "0");
      boolean unix = Epoll.isAvailable();
      values.put(
          "listen", unix ? "unix:" + folder.resolve("drover.sock") : "127.0.0.1:" + freePort());
      Files.writeString(configFile(), filled(values));
      GatewayConfig config = config(configFile());
      server = opened(new Server(configFile(), config, List.of(listener)));
      dataPlane = opened(dataPlane(config, accessLog));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** How the cheap provider behaves from now on. */
  void cheap(Behaviour behaviour) {
    cheap.behave(behaviour);
  }

  /** Where clients connect. */
  HostPort address() {
    return dataPlane.address();
  }

  String dataPlaneName() {
    return dataPlane.name();
  }

  String adminUrl() {
    return "http://" + server.adminAddress();
  }

  /** The file with the token for changes over the admin port. */
  Path tokenFile() {
    return folder.resolve("admin.key");
  }

  /** Where the config lies, to be looked at and changed. */
  Path configFile() {
    return folder.resolve("drover.yaml");
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.push(() -> closed(part));
    return part;
  }

  private static void closed(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) { // close() is declared so; none of the parts throws
      throw new IllegalStateException(e);
    }
  }

  private void removeFolder() {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      System.err.println("demo: " + folder + " was not removed: " + e.getMessage());
    }
  }

  private DataPlane dataPlane(GatewayConfig config, PrintStream accessLog)
      throws IOException, InterruptedException {
    String bootstrap = EnvoyBootstrap.yaml(config);
    Optional<Path> envoy = DataPlane.envoyBinary();
    return envoy.isPresent()
        ? DataPlane.envoy(envoy.get(), bootstrap, HostPort.parse(config.envoy().listen()), folder)
        : DataPlane.standIn(bootstrap, accessLog);
  }

  private String secret(String name, String value) throws IOException {
    Path file = folder.resolve(name + ".key");
    Files.writeString(file, value);
    return file.toString();
  }

  private static String filled(Map<String, String> values) throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("demo.yaml")) {
      if (in == null) {
        throw new IOException("demo.yaml: missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace("{" + value.getKey() + "}", value.getValue());
      }
      return text;
    }
  }

  private static GatewayConfig config(Path file) {
    return switch (ConfigLoader.load(file)) {
      case Loaded.Sound(GatewayConfig config) -> config;
      case Loaded.Broken broken ->
          throw new IllegalStateException("demo config: " + broken.report());
    };
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
