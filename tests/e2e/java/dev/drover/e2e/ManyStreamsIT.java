package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.testing.Soak;
import dev.drover.tools.fake.Behaviour;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many long streams at once: none fails, none leaves anything behind. */
@Tag("data-plane")
@Tag("soak")
class ManyStreamsIT {
  private static final int STREAMS = Soak.of(50, 200);

  /** In the long form more than any of Envoy's limits that are not raised in what is rendered. */
  private static final int MANY = Soak.of(300, 2_500);

  private static final Duration LENGTH = Duration.ofSeconds(Soak.of(15, 60));
  private static final Duration BETWEEN = Duration.ofMillis(500);

  @TempDir Path folder;

  @Test
  void streams_allEndWell_andMemoryDoesNotGrow() throws Exception {
    Rig rig = new Rig(folder, patient());
    int events = (int) (LENGTH.toMillis() / BETWEEN.toMillis());
    rig.first.behave(Behaviour.GOOD.withStream(events, BETWEEN));
    List<Future<Boolean>> streams = new ArrayList<>();
    long warm;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < STREAMS; i++) {
        streams.add(threads.submit(() -> stream(rig, events)));
      }
      assertThat(most(rig, STREAMS)).as("streams open at once").isEqualTo(STREAMS);
      warm = used();
      Thread.sleep(LENGTH.toMillis() / 2);
      assertThat(used()).as("heap after GC, bytes").isLessThan(warm + (24L << 20));
    }
    for (Future<Boolean> stream : streams) {
      assertThat(stream.get()).isTrue();
    }
    rig.first.forget();
    rig.awaitSettled();
    List<ExchangeRecord> records = rig.records();
    assertThat(records)
        .hasSize(STREAMS)
        .allMatch(r -> r.ending() == Ending.COMPLETE && r.usage().output() == events);
    rig.close();
  }

  /**
   * The stand-in has none of Envoy's limits: that each is raised far enough is asked of the
   * rendered file itself.
   */
  @Test
  void thousandsOfStreams_areOpenAtOnce_andAllEndWell() throws Exception {
    Rig rig = new Rig(folder, patient().replace("envoy: {", "envoy: { message_timeout: 60s,"));
    int events = Soak.of(40, 80);
    rig.first.behave(Behaviour.GOOD.withStream(events, BETWEEN));
    List<Future<Boolean>> streams = new ArrayList<>();
    int most;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < MANY; i++) {
        streams.add(threads.submit(() -> stream(rig, events)));
        Thread.sleep(4);
      }
      most = most(rig, MANY);
    }
    assertThat(most).as("streams open at once").isEqualTo(MANY);
    for (Future<Boolean> stream : streams) {
      assertThat(stream.get()).isTrue();
    }
    rig.first.forget();
    rig.awaitSettled();
    assertThat(rig.records())
        .hasSize(MANY)
        .allMatch(r -> r.ending() == Ending.COMPLETE && r.usage().output() == events);
    rig.close();
  }

  /** Waits until so many exchanges are open, and returns how many there were at most. */
  private static int most(Rig rig, int wanted) throws InterruptedException {
    int most = 0;
    for (int i = 0; i < 1_000 && most < wanted; i++) {
      Thread.sleep(20);
      most = Math.max(most, rig.server.exchangesActive());
    }
    return most;
  }

  /** A config whose time-outs a busy machine does not reach. */
  private static String patient() {
    return Rig.yaml()
        .replace("timeout: 3s", "timeout: 100s")
        .replace("aliases: [gpt-4o]", "aliases: [gpt-4o], timeout: 200s");
  }

  private static boolean stream(Rig rig, int events) throws Exception {
    var request =
        Http.request(rig.url() + Http.CHAT)
            .timeout(LENGTH.plusSeconds(120))
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(Http.stream("chat")))
            .build();
    var response = Http.send(request);
    int words = response.body().split("word ", -1).length - 1;
    return response.statusCode() == 200
        && words == events
        && response.body().endsWith("data: [DONE]\n\n");
  }

  private static long used() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
