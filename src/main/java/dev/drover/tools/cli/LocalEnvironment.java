package dev.drover.tools.cli;

import dev.drover.app.Server;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.ExchangeListener;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.tools.standin.DataPlane;
import dev.drover.types.HostPort;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder and what runs in it. Closing it ends all and leaves nothing behind. */
final class LocalEnvironment implements AutoCloseable {
  private final Path folder;
  private final Deque<Runnable> opened = new ArrayDeque<>();

  LocalEnvironment() throws IOException {
    folder = Files.createTempDirectory("drover-demo");
    opened.add(this::removeFolder);
  }

  /** Closed with the rest, before what was opened before it. */
  <T extends AutoCloseable> T opened(T part) {
    opened.push(() -> closed(part));
    return part;
  }

  /** Writes a secret into a file; the file's path. */
  String secret(String name, String value) throws IOException {
    Path file = folder.resolve(name + ".key");
    Files.writeString(file, value);
    return file.toString();
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Returns an address at which Drover can listen for the data plane: a Unix socket or a free port.
   */
  String listen() throws IOException {
    return Epoll.isAvailable() ? "unix:" + file("drover.sock") : "127.0.0.1:" + freePort();
  }

  /** Reads a config of the sandbox. */
  static GatewayConfig config(Path file) {
    return switch (ConfigLoader.load(file)) {
      case Loaded.Sound(GatewayConfig config) -> config;
      case Loaded.Broken broken -> throw new IllegalStateException("config: " + broken.report());
    };
  }

  Server server(Path file, GatewayConfig config, ExchangeListener listener) throws IOException {
    return opened(new Server(file, config, List.of(listener)));
  }

  DataPlane dataPlane(GatewayConfig config, PrintStream accessLog)
      throws IOException, InterruptedException {
    HostPort at = HostPort.parse(config.envoyListen());
    checkFree(at);
    String bootstrap = EnvoyBootstrap.yaml(config);
    Optional<Path> envoy = DataPlane.envoyBinary();
    return opened(
        envoy.isPresent()
            ? DataPlane.envoy(envoy.get(), bootstrap, at, folder, accessLog)
            : DataPlane.standIn(bootstrap, accessLog));
  }

  /**
   * Refuses an address that another program has. Envoys share a port without a word, and requests
   * would go to either.
   */
  private static void checkFree(HostPort at) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(at.host(), at.port()), 1);
    } catch (BindException _) {
      throw new IOException(
          "--port: %d: another program listens there (expected: a free port; 0 takes any)"
              .formatted(at.port()));
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
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
}
