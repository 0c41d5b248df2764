package dev.drover.tools.standin;

import dev.drover.types.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What a {@link Lab} asks of a data plane: the stand-in, or a real Envoy. */
interface LabPlane extends AutoCloseable {
  String TRAILERS = "http_protocol_options: { enable_trailers: true }";

  HostPort address();

  /** A counter by Envoy's name, without what stands before its last dot. */
  long count(String counter);

  String accessLog();

  @Override
  void close();

  /** The stand-in on a bootstrap. */
  static LabPlane standIn(String bootstrap, Knobs knobs) {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    StandIn standIn =
        new StandIn(bootstrap, knobs, new PrintStream(log, true, StandardCharsets.UTF_8));
    return new LabPlane() {
      @Override
      public HostPort address() {
        return standIn.address();
      }

      @Override
      public long count(String counter) {
        return standIn.counters().get(counter);
      }

      @Override
      public String accessLog() {
        return log.toString(StandardCharsets.UTF_8);
      }

      @Override
      public void close() {
        standIn.close();
      }
    };
  }

  /**
   * A real Envoy. Its bootstrap gets an admin port, a port for the 0 it listens at, and the
   * trailers of HTTP/1 that only the stand-in passes on unasked.
   */
  static LabPlane envoy(String bootstrap) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("lab");
    HostPort listen = new HostPort("127.0.0.1", Ports.free());
    HostPort admin = new HostPort("127.0.0.1", Ports.free());
    String yaml =
        "admin: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } }\n"
                .formatted(admin.port())
            + bootstrap
                .replace("port_value: 0 ", "port_value: " + listen.port() + " ")
                .replace("stat_prefix: s\n", "stat_prefix: s\n          " + TRAILERS + "\n")
                .replace("http_protocol_options: {}", TRAILERS);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream accessLog = new PrintStream(log, true, StandardCharsets.UTF_8);
    Path binary = TestDataPlane.binary().orElseThrow();
    try {
      return new EnvoyPlane(
          DataPlane.envoy(binary, yaml, listen, folder, accessLog), admin, folder, log);
    } catch (IOException | InterruptedException e) {
      delete(folder);
      throw e;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A running Envoy, whose counters are read from its admin port. */
  record EnvoyPlane(DataPlane envoy, HostPort admin, Path folder, ByteArrayOutputStream log)
      implements LabPlane {
    @Override
    public HostPort address() {
      return envoy.address();
    }

    @Override
    public long count(String counter) {
      URI stats = URI.create("http://" + admin + "/stats?filter=%5C." + counter + "$");
      try (var in = stats.toURL().openStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String accessLog() {
      return log.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      envoy.close();
      try {
        delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
