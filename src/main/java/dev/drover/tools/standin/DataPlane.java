package dev.drover.tools.standin;

import dev.drover.types.HostPort;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proxy that carries the traffic of a demo or a test: a real Envoy when there is one, else the
 * stand-in.
 */
public interface DataPlane extends AutoCloseable {
  /** As in {@code envoy version: 1a2b3c/1.37.0/Clean/RELEASE/BoringSSL}. */
  Pattern VERSION = Pattern.compile("version: [^/]*/([^/]+)/");

  /** Returns a readable name of the data plane. */
  String name();

  /** Returns the address that clients connect to. */
  HostPort address();

  @Override
  void close();

  /** The Envoy binary that {@code ENVOY_BIN} names or the PATH holds. */
  static Optional<Path> envoyBinary() {
    String named = System.getenv("ENVOY_BIN");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, "envoy"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The stand-in. */
  static DataPlane standIn(String bootstrap, PrintStream accessLog) {
    StandIn standIn = new StandIn(bootstrap, Knobs.ENVOY_1_37, accessLog);
    return new DataPlane() {
      @Override
      public String name() {
        return "stand-in (not Envoy: a local proxy that acts as Envoy 1.37 does, for laptops and tests)";
      }

      @Override
      public HostPort address() {
        return standIn.address();
      }

      @Override
      public void close() {
        standIn.close();
      }
    };
  }

  /**
   * A real Envoy.
   *
   * @param listen where the bootstrap says it listens; no port 0
   * @param folder where the bootstrap and Envoy's log are written
   * @param accessLog where access log lines go, written by a thread of its own
   */
  static DataPlane envoy(
      Path binary, String bootstrap, HostPort listen, Path folder, PrintStream accessLog)
      throws IOException, InterruptedException {
    Path file = folder.resolve("envoy.yaml");
    Path log = folder.resolve("envoy.log");
    Files.writeString(file, bootstrap);
    Process process =
        new ProcessBuilder(
                binary.toString(),
                "-c",
                file.toString(),
                "--use-dynamic-base-id",
                "--log-level",
                "warning",
                "--file-flush-interval-msec",
                "100")
            .redirectError(log.toFile())
            .start();
    Thread.ofVirtual().name("envoy-access-log").start(() -> copy(process, accessLog));
    EnvoyProcess envoy = new EnvoyProcess(binary, process, listen);
    if (!envoy.awaitListener()) {
      String why =
          process.isAlive() ? "does not listen at " + listen + " after 15 s" : lastLine(log);
      envoy.close();
      throw new IOException("envoy: " + why + ", see " + log);
    }
    return envoy;
  }

  private static void copy(Process process, PrintStream accessLog) {
    try (InputStream lines = process.getInputStream()) {
      lines.transferTo(accessLog);
    } catch (IOException _) {
      return; // it has ended
    }
  }

  /**
   * Returns the version that a binary reports, such as {@code 1.37.0}; "of an unknown version" when
   * it reports none.
   */
  static String envoyVersion(Path binary) {
    try (InputStream said =
        new ProcessBuilder(binary.toString(), "--version").start().getInputStream()) {
      String line = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      Matcher version = EnvoyProcess.VERSION.matcher(line);
      return version.find() ? version.group(1) : "of an unknown version";
    } catch (IOException _) {
      return "of an unknown version";
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.isEmpty() ? "ended without a word" : lines.getLast();
  }

  /** A running Envoy. */
  record EnvoyProcess(Path binary, Process process, HostPort address) implements DataPlane {
    /** As in {@code envoy version: 1a2b3c/1.37.0/Clean/RELEASE/BoringSSL}. */
    private static final Pattern VERSION = Pattern.compile("version: [^/]*/([^/]+)/");

    private static final int TRIES = 150;

    @Override
    public String name() {
      return "Envoy " + envoyVersion(binary) + ", process " + process.pid();
    }

    boolean awaitListener() throws InterruptedException {
      for (int i = 0; i < TRIES && process.isAlive(); i++) {
        if (connects()) {
          return true;
        }
        Thread.sleep(100);
      }
      return false;
    }

    private boolean connects() {
      try (Socket socket = new Socket(address.host(), address.port())) {
        return socket.isConnected();
      } catch (IOException _) {
        return false;
      }
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException _) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
