package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.drover.admission.Callers;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.ledger.Store;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A Drover in a process of its own with all that is beside it, and a proxy before each part that
 * may fail. After a fault it asks the same questions each time.
 */
final class ChaosLab {
  static final String GOOD_KEY = "dk-good-caller";
  static final String BAD_KEY = "dk-bad-caller";
  private static final String HEAP = "-Xmx256m";
  private static final int BOMB_BYTES = 200 << 20;
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  final FakeProvider good = new FakeProvider(null, Behaviour.GOOD);
  final FakeProvider bad = new FakeProvider(null, Behaviour.GOOD);
  final RealRedis redis = new RealRedis();
  final FaultProxy redisProxy = new FaultProxy(redis.port());
  final @Nullable EmbeddedPostgres postgres;
  final @Nullable FaultProxy postgresProxy;
  final Path folder;
  final int listen = Ports.free();
  final int admin = Ports.free();
  final int health = Ports.free();
  private final HttpServer bomb;
  private final Path config;
  private final GatewayConfig loaded;
  private final String[] jvm;
  private final Map<String, String> environment;
  private final DataPlane dataPlane;
  private DroverProcess drover;

  /**
   * @param withPostgres whether the ledger is in a PostgreSQL, else in an SQLite
   * @param environment more variables of Drover's process
   */
  ChaosLab(Path folder, Path stateDir, boolean withPostgres, Map<String, String> environment)
      throws Exception {
    this.folder = folder;
    this.environment = environment;
    this.jvm = new String[] {HEAP};
    this.postgres = withPostgres ? postgres(folder) : null;
    this.postgresProxy = postgres == null ? null : new FaultProxy(postgres.getPort());
    this.bomb = bomb();
    this.config = folder.resolve("drover.yaml");
    Files.writeString(config, yaml(stateDir));
    this.loaded = Rig.load(config);
    this.drover = DroverProcess.serve(config, admin, environment, jvm);
    this.dataPlane = TestDataPlane.chosen().start(loaded, folder);
  }

  private static EmbeddedPostgres postgres(Path folder) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(Ports.free())
        .setOverrideWorkingDirectory(Path.of("target", "postgresql").toAbsolutePath().toFile())
        .setDataDirectory(folder.resolve("pg"))
        .setPGStartupWait(Duration.ofSeconds(60))
        .start();
  }

  private String yaml(Path stateDir) throws IOException {
    String ledger =
        postgresProxy == null
            ? ""
            : "ledger: { store: postgresql, url: \"jdbc:postgresql://127.0.0.1:%d/postgres\", user: postgres }%n"
                .formatted(postgresProxy.port());
    return """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:%d", health: "127.0.0.1:%d", state_dir: "%s", drain: 5s }
        envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0", request_timeout: 5s }
        redis: { url: "redis://127.0.0.1:%d", timeout: 50ms }
        %sproviders:
          good: { base_url: "%s" }
          bad: { base_url: "%s" }
          bomb: { base_url: "http://127.0.0.1:%d/v1" }
        targets:
          good: { provider: good, model: m, price: { input: 0.14, output: 0.42 }, timeout: 5s }
          bad: { provider: bad, model: m, price: { input: 0.14, output: 0.42 }, timeout: 2s }
          bomb: { provider: bomb, model: m, price: { input: 0.14, output: 0.42 }, timeout: 5s }
        models:
          chat: { targets: [good], budgets: [ { limit_usd: 1000, time_zone: "%s" } ] }
          bad: { targets: [bad] }
          bomb: { targets: [bomb] }
        keys:
          - { id: good-caller, sha256: "%s" }
          - { id: bad-caller, sha256: "%s" }
        """
        .formatted(
            listen,
            admin,
            health,
            stateDir,
            Ports.free(),
            redisProxy.port(),
            ledger,
            good.baseUrl(),
            bad.baseUrl(),
            bomb.getAddress().getPort(),
            noonSomewhere(),
            Callers.sha256(GOOD_KEY),
            Callers.sha256(BAD_KEY));
  }

  /** A day's budget must not end within a test. */
  private static String noonSomewhere() {
    int hours = 12 - LocalTime.now(ZoneOffset.UTC).getHour();
    return hours == 0 ? "UTC" : "Etc/GMT" + (hours > 0 ? "-" : "+") + Math.abs(hours);
  }

  /** A provider whose answers are small on the wire and large in memory. */
  private static HttpServer bomb() throws IOException {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
      gzip.write("{\"choices\":[{\"message\":{\"content\":\"".getBytes(StandardCharsets.US_ASCII));
      byte[] piece = new byte[1 << 20];
      Arrays.fill(piece, (byte) 'a');
      for (int i = 0; i < BOMB_BYTES >> 20; i++) {
        gzip.write(piece);
      }
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.getResponseHeaders().set("content-encoding", "gzip");
            exchange.sendResponseHeaders(200, small.size());
            exchange.getResponseBody().write(small.toByteArray());
          }
        });
    server.start();
    return server;
  }

  String url() {
    return "http://" + dataPlane.address();
  }

  String adminUrl() {
    return drover.admin();
  }

  boolean alive() {
    return drover.alive();
  }

  /** Kills Drover and starts it again. */
  void killAndRestart() throws Exception {
    drover.kill();
    drover = DroverProcess.serve(config, admin, environment, jvm);
  }

  /** Sends Drover's process a signal. */
  void signal(String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(drover.pid())).start().waitFor())
        .isZero();
  }

  SteadyTraffic traffic(String key, String model, int perSecond) {
    return new SteadyTraffic(url(), key, Http.chat(model), perSecond);
  }

  /** The things that must not grow. */
  record Size(int threads, long descriptors, long heapBytes) {}

  /** Returns what Drover holds when its garbage is gone. */
  Size size() throws Exception {
    drover.jcmd("GC.run");
    Matcher used = USED.matcher(drover.jcmd("GC.heap_info"));
    long bytes = 0;
    while (used.find() && bytes == 0) {
      bytes = Long.parseLong(used.group(1)) << 10;
    }
    long descriptors;
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(drover.pid()), "fd"))) {
      descriptors = open.count();
    }
    int threads = (int) drover.jcmd("Thread.print").lines().filter(l -> l.startsWith("\"")).count();
    return new Size(threads, descriptors, bytes);
  }

  /** Waits until nothing is under way and the ledger has all. */
  void settle() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    String last = "";
    while (System.nanoTime() < deadline) {
      try {
        last = Http.get(adminUrl() + "/ledger").body() + Http.get(adminUrl() + "/metrics").body();
        Map<?, ?> ledger = Yaml.readMap(last.substring(0, last.indexOf('}') + 1));
        boolean waits = number(ledger.get("waiting")) > 0;
        if (!waits && last.contains("\ndrover_exchanges_active 0.0")) {
          return;
        }
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(200);
    }
    throw new AssertionError("not settled: " + last);
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** Returns what the budget of the model has, in nano-dollars. */
  private long spent() throws Exception {
    Map<?, ?> budgets = Yaml.readMap(Http.get(adminUrl() + "/budgets").body());
    Map<?, ?> budget = (Map<?, ?>) budgets.values().iterator().next();
    return new BigDecimal(String.valueOf(budget.get("spent"))).movePointRight(9).longValueExact();
  }

  /**
   * Asks the questions: nothing is there twice, nothing that a client got is missing, and ledger,
   * day sums and budgets agree. Ends Drover for that.
   *
   * @param lossAllowed whether Drover was killed, which may lose what it had not written
   */
  void checkBooks(List<SteadyTraffic.Answered> answers, boolean lossAllowed) throws Exception {
    settle();
    long spent = spent();
    drover.stop();
    try (Store store = Store.openToRead(loaded.ledger(), Path.of(stateDir()), null)) {
      Map<String, Object> sums =
          store
              .query(
                  "SELECT COUNT(*) AS events, COUNT(DISTINCT id) AS ids, SUM(charged_nano_usd) AS charged, SUM(CASE WHEN model = 'chat' THEN charged_nano_usd ELSE 0 END) AS chat FROM usage_event",
                  List.of())
              .getFirst();
      Map<String, Object> days =
          store
              .query(
                  "SELECT SUM(events) AS events, SUM(charged_nano_usd) AS charged FROM usage_day",
                  List.of())
              .getFirst();
      assertThat(number(sums.get("ids"))).as("nothing twice").isEqualTo(number(sums.get("events")));
      assertThat(number(days.get("events"))).as("day sums").isEqualTo(number(sums.get("events")));
      assertThat(number(days.get("charged"))).isEqualTo(number(sums.get("charged")));
      Set<String> recorded =
          store.query("SELECT id FROM usage_event", List.of()).stream()
              .map(row -> String.valueOf(row.get("id")))
              .collect(Collectors.toSet());
      Set<String> missing =
          answers.stream()
              .filter(each -> each.status() == 200)
              .map(SteadyTraffic.Answered::exchange)
              .collect(Collectors.toCollection(HashSet::new));
      missing.removeAll(recorded);
      long charged = number(sums.get("chat"));
      if (lossAllowed) {
        assertThat(spent).as("the budget has at least what the ledger has").isNotNegative();
        assertThat((double) missing.size() / Math.max(1, answers.size())).isLessThan(0.2);
      } else {
        assertThat(missing).as("answered, but not in the ledger").isEmpty();
        assertThat(spent).as("the budget has what the ledger has").isEqualTo(charged);
      }
    }
  }

  private String stateDir() {
    return loaded.server().stateDir();
  }

  void close() throws Exception {
    dataPlane.close();
    if (drover.alive()) {
      drover.kill();
    }
    redisProxy.close();
    redis.close();
    if (postgresProxy != null) {
      postgresProxy.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    bomb.stop(0);
    good.close();
    bad.close();
  }
}
