package dev.drover.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.e2e.FaultProxy.Fault;
import dev.drover.testing.Soak;
import dev.drover.tools.fake.Behaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults in all that is around a Drover under traffic: {@code mvn -Psoak -Dsoak=Chaos verify}. Each
 * ends with the same questions of {@link ChaosLab}: nothing twice, nothing lost, the books agree,
 * nothing has grown.
 */
@Tag("soak")
class ChaosIT {
  private static final int PER_SECOND = 40;
  private static final Duration CALM = Duration.ofSeconds(8);
  private static final Duration FAULT = Duration.ofSeconds(6);
  private static final Duration AFTER = Duration.ofSeconds(4);

  /** A machine with two cores has such gaps by itself. */
  private static final double GAP_MILLIS = 60;

  @TempDir private Path folder;
  private ChaosLab lab;
  private SteadyTraffic traffic;
  private ChaosLab.Size before;
  private long calmSince;

  private void start(boolean postgres) throws Exception {
    start(folder.resolve("state"), postgres, Map.of());
  }

  private void start(Path state, boolean postgres, Map<String, String> environment)
      throws Exception {
    assumeTrue(
        Soak.LONG, "faults are no neighbours for other tests: mvn -Psoak -Dsoak=Chaos verify");
    lab = new ChaosLab(folder, state, postgres, environment);
    traffic = lab.traffic(ChaosLab.GOOD_KEY, "chat", PER_SECOND);
    Thread.sleep(CALM.toMillis());
    before = lab.size();
    calmSince = System.nanoTime();
    Thread.sleep(CALM.toMillis());
  }

  @AfterEach
  void stop() throws Exception {
    if (lab != null) {
      traffic.close();
      lab.close();
    }
  }

  /** A part of a test that a fault is made by. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  /** Lets a fault last a while, and asks how others fared meanwhile and all afterwards. */
  private void fault(Step begin, Step end, boolean othersFeelIt) throws Exception {
    long from = System.nanoTime();
    double calm = traffic.p99Millis(calmSince, from);
    begin.run();
    Thread.sleep(FAULT.toMillis());
    long to = System.nanoTime();
    end.run();
    assertThat(lab.alive()).isTrue();
    if (!othersFeelIt) {
      assertThat(traffic.goodSince(from)).as("others are served").isEqualTo(1);
      assertThat(traffic.p99Millis(from, to))
          .as("the 99th percentile of others, %.1f ms before", calm)
          .isLessThan(2 * calm + GAP_MILLIS);
    }
  }

  private void ask(boolean lossAllowed) throws Exception {
    Thread.sleep(AFTER.toMillis());
    long from = System.nanoTime();
    Thread.sleep(AFTER.toMillis());
    assertThat(traffic.goodSince(from)).as("all is well again").isEqualTo(1);
    traffic.close();
    lab.settle();
    ChaosLab.Size after = lab.size();
    assertThat(after.threads()).as("threads").isLessThan(before.threads() + 30);
    assertThat(after.descriptors()).as("descriptors").isLessThan(before.descriptors() + 60);
    assertThat(after.heapBytes()).as("heap").isLessThan(before.heapBytes() + (48L << 20));
    lab.checkBooks(traffic.answers(), lossAllowed);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void redis(Fault fault) throws Exception {
    start(false);
    fault(() -> lab.redisProxy.fault(fault), () -> lab.redisProxy.fault(Fault.NONE), true);
    assertThat(traffic.goodSince(calmSince)).as("no request fails for Redis").isEqualTo(1);
    ask(false);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void postgres(Fault fault) throws Exception {
    start(true);
    FaultProxy proxy = Objects.requireNonNull(lab.postgresProxy);
    fault(() -> proxy.fault(fault), () -> proxy.fault(Fault.NONE), true);
    assertThat(traffic.goodSince(calmSince)).as("no request fails for the ledger").isEqualTo(1);
    ask(false);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "GOOD")
  void provider(Behaviour.Kind kind) throws Exception {
    start(false);
    lab.bad.behave(Behaviour.always(kind));
    try (SteadyTraffic others = lab.traffic(ChaosLab.BAD_KEY, "bad", PER_SECOND)) {
      fault(() -> {}, () -> lab.bad.behave(Behaviour.GOOD), false);
      assertThat(others.answers()).isNotEmpty();
    }
    ask(false);
  }

  @Test
  void providerThatBombs() throws Exception {
    start(false);
    try (SteadyTraffic others = lab.traffic(ChaosLab.BAD_KEY, "bomb", 4)) {
      fault(() -> {}, () -> {}, true);
      assertThat(traffic.goodSince(calmSince)).isEqualTo(1);
      assertThat(others.answers()).isNotEmpty();
    }
    ask(false);
  }

  @Test
  void processThatIsKilled() throws Exception {
    start(false);
    for (int i = 0; i < 3; i++) {
      lab.killAndRestart();
      Thread.sleep(AFTER.toMillis());
    }
    ask(true);
  }

  @Test
  void processThatStands() throws Exception {
    start(false);
    fault(() -> lab.signal("STOP"), () -> lab.signal("CONT"), true);
    ask(false);
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void diskThatIsFull() throws Exception {
    assumeTrue(Soak.LONG, "faults are no neighbours for other tests");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk.toString());
    assumeTrue(mounted, "a disk of its own cannot be mounted here");
    try {
      start(disk.resolve("state"), false, Map.of());
      Path filler = disk.resolve("filler");
      fault(
          () -> run("dd", "if=/dev/zero", "of=" + filler, "bs=64k", "count=10000"),
          () -> Files.delete(filler),
          true);
      assertThat(traffic.goodSince(calmSince)).as("no request fails for the disk").isEqualTo(1);
      ask(false);
      traffic.close();
      lab.close();
    } finally {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  /** A C library before the real one tells another time of day, which a file says. */
  private static final String CLOCK =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <time.h>
      int clock_gettime(clockid_t id, struct timespec *at) {
        static int (*real)(clockid_t, struct timespec *);
        if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
        int result = real(id, at);
        if (id == CLOCK_REALTIME && getenv("CLOCK_FILE")) {
          FILE *file = fopen(getenv("CLOCK_FILE"), "r");
          long off = 0;
          if (file) { if (fscanf(file, "%ld", &off) != 1) off = 0; fclose(file); }
          at->tv_sec += off;
        }
        return result;
      }
      """;

  @ParameterizedTest
  @ValueSource(longs = {3600, -3600})
  void clockThatJumps(long seconds) throws Exception {
    assumeTrue(Soak.LONG, "faults are no neighbours for other tests");
    Path source = Files.writeString(folder.resolve("clock.c"), CLOCK);
    Path library = folder.resolve("clock.so");
    boolean compiled = run("sh", "-c", "cc -shared -fPIC -o " + library + " " + source + " -ldl");
    assumeTrue(compiled, "no C compiler is here");
    Path offset = Files.writeString(folder.resolve("offset"), "0");
    start(
        folder.resolve("state"),
        false,
        Map.of("LD_PRELOAD", library.toString(), "CLOCK_FILE", offset.toString()));
    fault(
        () -> Files.writeString(offset, Long.toString(seconds)),
        () -> Files.writeString(offset, "0"),
        true);
    assertThat(traffic.goodSince(calmSince)).as("no request fails for a clock").isEqualTo(1);
    ask(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gateway", "exchanges", "admin", "health"})
  void flood(String port) throws Exception {
    start(false);
    List<Socket> open = new ArrayList<>();
    int to =
        switch (port) {
          case "gateway" -> Integer.parseInt(lab.url().replaceFirst(".*:", ""));
          case "exchanges" -> lab.listen;
          case "admin" -> lab.admin;
          default -> lab.health;
        };
    fault(() -> garbage(to, open), () -> close(open), false);
    ask(false);
  }

  /** Connections that ask slowly, that ask and do not read, and that talk nonsense. */
  private static void garbage(int port, List<Socket> open) {
    Random random = new Random(port);
    byte[] nonsense = new byte[4096];
    for (int i = 0; i < 600; i++) {
      random.nextBytes(nonsense);
      say(
          port,
          open,
          switch (i % 3) {
            case 0 ->
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-le".getBytes(US_ASCII);
            case 1 -> "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".repeat(20).getBytes(US_ASCII);
            default -> nonsense;
          });
    }
  }

  /** Refused or reset is as good an answer as any. */
  @SuppressWarnings("EmptyCatch")
  private static void say(int port, List<Socket> open, byte[] said) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      open.add(socket);
      socket.getOutputStream().write(said);
    } catch (IOException _) {
    }
  }

  private static void close(List<Socket> open) throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }
}
