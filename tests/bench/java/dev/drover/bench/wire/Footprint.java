package dev.drover.bench.wire;

import dev.drover.e2e.EnvoyPlayer;
import io.grpc.ManagedChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The packaged program by itself: how soon it is ready, and what it takes up. */
final class Footprint {
  private static final int STREAMS = 5_000;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private Footprint() {}

  /** As {@code ./drover} starts it, with what a start loads kept, and without that. */
  static List<Object> measure(Path folder, String yaml, String targetId, Shape shape, int rounds)
      throws Exception {
    List<String> plain = new ArrayList<>(Subject.java());
    plain.addAll(List.of("-jar", "target/drover.jar"));
    List<String> launcher = List.of("./drover");
    new ProcessBuilder("./drover", "--version").inheritIO().start().waitFor(); // keeps the archive
    return List.of(
        measured(folder, yaml, targetId, shape, rounds, "by `./drover`", launcher),
        measured(folder, yaml, targetId, shape, rounds, "without an archive of classes", plain));
  }

  private static Path config(Path own, String yaml, int admin) throws IOException {
    Path config = own.resolve("drover.yaml");
    Files.writeString(
        config,
        yaml.replace("LISTEN", "unix:" + own.resolve("drover.sock"))
            .replace("127.0.0.1:0", "127.0.0.1:" + admin)
            .replace("STATE", own.resolve("state").toString()));
    return config;
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private static Map<String, Object> measured(
      Path folder,
      String yaml,
      String targetId,
      Shape shape,
      int rounds,
      String how,
      List<String> program)
      throws Exception {
    double[] ready = new double[rounds];
    double[] idle = new double[rounds];
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("start", how);
    for (int round = 0; round < rounds; round++) {
      Path own = Files.createTempDirectory(folder, "footprint");
      int admin = Subject.freePort();
      Path config = config(own, yaml, admin);
      long begin = System.nanoTime();
      Process process = started(own, config, program);
      try {
        awaitReady(process, admin);
        ready[round] = (System.nanoTime() - begin) / 1e6;
        Thread.sleep(IDLE.toMillis());
        idle[round] = Subject.residentMib(process.pid());
        if (round == rounds - 1) {
          seen.putAll(held(process, own.resolve("drover.sock"), targetId, shape));
        }
      } finally {
        stop(process);
      }
    }
    seen.put("ready_ms", Math.round(WireBench.median(ready)));
    seen.put("idle_mib", Math.round(WireBench.median(idle)));
    System.out.println("\nfootprint: " + seen);
    return seen;
  }

  private static Process started(Path folder, Path config, List<String> program)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("serve", config.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private static void awaitReady(Process process, int admin) throws Exception {
    URI ready = URI.create("http://127.0.0.1:" + admin + "/health/ready");
    while (process.isAlive()) {
      HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection();
      try {
        if (connection.getResponseCode() == 200) {
          return;
        }
      } catch (IOException _) {
        Thread.sleep(5); // it does not listen yet
      } finally {
        connection.disconnect();
      }
    }
    throw new IOException(
        "the packaged program has ended (expected: target/drover.jar, and a start)");
  }

  /** Streams whose request is on its way to a target, which does not answer. */
  private static Map<String, Object> held(
      Process process, Path socket, String targetId, Shape shape) throws Exception {
    long before = Subject.residentMib(process.pid());
    ManagedChannel channel = Drive.channel(new DomainSocketAddress(socket.toString()));
    try {
      EnvoyPlayer player = shape.player(channel, targetId);
      List<CompletableFuture<String>> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        streams.add(player.hold());
      }
      for (CompletableFuture<String> stream : streams) {
        if (!stream.get(60, TimeUnit.SECONDS).isEmpty()) {
          throw new IOException("held: " + stream.get());
        }
      }
      Thread.sleep(IDLE.toMillis());
      return Map.of("held", STREAMS, "held_mib", Subject.residentMib(process.pid()) - before);
    } finally {
      channel.shutdownNow();
    }
  }
}
