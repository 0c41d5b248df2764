package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Callers;
import dev.drover.app.Server;
import dev.drover.catalog.Catalog;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.record.ExchangeRecord;
import io.grpc.ManagedChannel;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole Drovers with a real Redis between them. */
class TwoDroversIT {
  private static final int PER_SECOND = 200;
  private static final String KEY = "dk-two-drovers";

  @TempDir private Path folder;
  private final BlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
  private final List<Server> servers = new ArrayList<>();
  private RealRedis redis;
  private String target = "";

  @BeforeEach
  void start() throws Exception {
    redis = new RealRedis();
  }

  @AfterEach
  void stop() throws Exception {
    servers.forEach(Server::close);
    redis.close();
  }

  private Server drover(String name, String timeout) throws Exception {
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:0", admin: "127.0.0.1:0", state_dir: "%s/%s", drain: 5s }
        redis: { url: "%s", timeout: %s }
        providers: { p: { base_url: "http://127.0.0.1:1/v1" } }
        targets: { cheap: { provider: p, model: m, price: { input: 0.14, output: 0.42 } } }
        keys: [ { id: alice, sha256: "%s", team: search } ]
        teams: { search: { budgets: [ { limit_usd: 1000 } ], limits: { requests_per_minute: 1000000 } } }
        models: { chat: { targets: [cheap], cache: {} } }
        """
            .formatted(folder, name, redis.url(), timeout, Callers.sha256(KEY)));
    GatewayConfig loaded = Rig.load(config);
    target =
        Catalog.compile(loaded, Credentials.offline(new Secrets(_ -> null)))
            .targets()
            .iterator()
            .next()
            .id();
    Server server = new Server(config, loaded, List.of(records::add));
    servers.add(server);
    return server;
  }

  private static String spent(Server server) throws Exception {
    return Http.get("http://" + server.adminAddress() + "/budgets").body();
  }

  private static String metrics(Server server) throws Exception {
    return Http.get("http://" + server.adminAddress() + "/metrics").body();
  }

  private static void await(String what, String part, Callable<String> text) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String last = text.call();
    while (!last.contains(part) && System.nanoTime() < deadline) {
      Thread.sleep(20);
      last = text.call();
    }
    assertThat(last).as(what).contains(part);
  }

  @Test
  void answerThatOneHasPaidFor_isGivenByTheOther() throws Exception {
    Server one = drover("one", "5s");
    Server two = drover("two", "5s");
    String request = Http.chat("chat").replaceFirst("\\{", "{\"temperature\":0,");
    ManagedChannel first = Load.channel(one.extProcAddress());
    ManagedChannel second = Load.channel(two.extProcAddress());
    try {
      String bearer = "Bearer " + KEY;
      assertThat(Load.player(first, target, request, "authorization", bearer).exchange().get())
          .isEmpty();
      assertThat(records.poll(60, TimeUnit.SECONDS).cached().result()).isEqualTo("miss");
      assertThat(Load.player(second, target, request, "authorization", bearer).exchange().get())
          .isEqualTo("refused with 200"); // an answer of Drover's own
      ExchangeRecord hit = records.poll(60, TimeUnit.SECONDS);
      assertThat(hit.cached().result()).isEqualTo("hit");
      assertThat(hit.attempts()).isEmpty();
      assertThat(hit.charged().cost().value()).isZero();
      assertThat(hit.cached().saved().value()).isEqualTo(10 * 140 + 4 * 420);
    } finally {
      first.shutdownNow();
      second.shutdownNow();
    }
  }

  @Test
  void redisThatGoesAndComesBack_failsNoRequest_andAllIsRecounted() throws Exception {
    Server one = drover("one", "20ms");
    Server two = drover("two", "20ms");
    List<String> problems = new ArrayList<>();
    String[] header = {"authorization", "Bearer " + KEY};
    try (Load first = new Load(one.extProcAddress(), target, PER_SECOND, header);
        Load second = new Load(two.extProcAddress(), target, PER_SECOND, header)) {
      for (int i = 0; i < 3; i++) {
        Thread.sleep(2_000);
        redis.kill();
        await("noticed", "drover_redis_up 0.0", () -> metrics(one));
        await("noticed", "drover_redis_up 0.0", () -> metrics(two));
        Thread.sleep(1_000);
        redis.restart();
        await("used again", "drover_redis_up 1.0", () -> metrics(one));
        await("used again", "drover_redis_up 1.0", () -> metrics(two));
      }
      problems.addAll(first.problems());
      problems.addAll(second.problems());
    }
    assertThat(problems).isEmpty();
    long charged = records.stream().mapToLong(record -> record.charged().cost().value()).sum();
    String sum = "\"spent\" : " + BigDecimal.valueOf(charged, 9);
    await("the sum at the one", sum, () -> spent(one));
    await("the sum at the other", sum, () -> spent(two));
    assertThat(metrics(one))
        .containsPattern("drover_redis_admissions_total\\{counted=\"alone\"} [1-9]");
    assertThat(metrics(one))
        .containsPattern("drover_redis_admissions_total\\{counted=\"together\"} [1-9]");
  }
}
