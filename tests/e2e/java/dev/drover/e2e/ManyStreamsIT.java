package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.exchange.Ending;
import dev.drover.exchange.ExchangeRecord;
import dev.drover.standin.fake.Behaviour;
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
class ManyStreamsIT {
  private static final int STREAMS = 200;
  private static final int MANY = 2_500;
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("stream.seconds", 60));
  private static final Duration BETWEEN = Duration.ofMillis(500);

  @TempDir Path folder;

  @Test
  void streams_allEndWell_andMemoryDoesNotGrow() throws Exception {
    Rig rig = new Rig(folder, Rig.yaml().replace("timeout: 3s", "timeout: 20s"));
    int events = (int) (LENGTH.toMillis() / BETWEEN.toMillis());
    rig.first.behave(Behaviour.GOOD.withStream(events, BETWEEN));
    List<Future<Boolean>> streams = new ArrayList<>();
    long warm;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < STREAMS; i++) {
        streams.add(threads.submit(() -> stream(rig, events)));
      }
      Thread.sleep(LENGTH.toMillis() / 4);
      assertThat(rig.server.exchangesActive()).isEqualTo(STREAMS);
      warm = used();
      Thread.sleep(LENGTH.toMillis() / 2);
      assertThat(rig.server.exchangesActive()).isEqualTo(STREAMS);
      assertThat(used()).as("heap after GC, bytes").isLessThan(warm + (24L << 20));
    }
    for (Future<Boolean> stream : streams) {
      assertThat(stream.get()).isTrue();
    }
    rig.first.forget();
    Thread.sleep(200);
    List<ExchangeRecord> records = rig.records();
    assertThat(records)
        .hasSize(STREAMS)
        .allMatch(r -> r.ending() == Ending.COMPLETE && r.usage().output() == events);
    rig.close();
  }

  /**
   * More than any of Envoy's limits that are not raised in what is rendered. The stand-in has no
   * such limits: that each is raised far enough is asked of the rendered file itself.
   */
  @Test
  void thousandsOfStreams_areOpenAtOnce_andAllEndWell() throws Exception {
    Rig rig =
        new Rig(
            folder,
            Rig.yaml()
                .replace("timeout: 3s", "timeout: 45s")
                .replace("envoy: {", "envoy: { message_timeout: 60s,"));
    int events = 80;
    rig.first.behave(Behaviour.GOOD.withStream(events, BETWEEN));
    List<Future<Boolean>> streams = new ArrayList<>();
    int most = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < MANY; i++) {
        streams.add(threads.submit(() -> stream(rig, events)));
        Thread.sleep(4);
      }
      for (int i = 0; i < 100 && most < MANY; i++) {
        Thread.sleep(200);
        most = Math.max(most, rig.server.exchangesActive());
      }
    }
    assertThat(most).as("streams open at once").isEqualTo(MANY);
    for (Future<Boolean> stream : streams) {
      assertThat(stream.get()).isTrue();
    }
    rig.first.forget();
    Thread.sleep(500);
    assertThat(rig.records())
        .hasSize(MANY)
        .allMatch(r -> r.ending() == Ending.COMPLETE && r.usage().output() == events);
    rig.close();
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
