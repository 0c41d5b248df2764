package dev.drover.bench.wire;

import dev.drover.admission.Callers;
import dev.drover.catalog.Catalog;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.testing.PerformancePage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import redis.embedded.RedisServer;

/**
 * Drover against a server that does nothing, message for message as Envoy sends them, by turns in
 * one run: medians of the rounds, and medians of the ratios within each round.
 */
public final class WireBench {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final Duration TIME = Duration.ofMillis(Integer.getInteger("bench.millis", 3_000));
  private static final Duration WARM = Duration.ofSeconds(60);
  private static final Duration WARM_AGAIN = Duration.ofSeconds(10);

  /** Of the most that is carried: the half, and the fourth part. */
  private static final List<Integer> PARTS = List.of(2, 4);

  private static final String SECRET = "sk-drover-0123456789abcdef0123456789abcdef0123456789a";
  private static final List<Shape> SHAPES =
      List.of(
          Shape.json(1),
          Shape.json(10),
          Shape.json(100),
          Shape.json(1024),
          new Shape(10, 50, 1),
          new Shape(10, 500, 1),
          new Shape(10, 5_000, 1),
          new Shape(10, 5_000, 50));

  private static final Shape USUAL = Shape.json(10);

  /** The server jar of another build, to compare with it alone; empty: none. */
  private static final String AGAINST = System.getProperty("bench.against", "");

  private static final boolean PAGE = Boolean.getBoolean("bench.page");
  private static final int SOAK_MINUTES = Integer.getInteger("bench.soak", 0);

  private static final String ROUTING =
      """
      version: 1
      server: { listen: "LISTEN", admin: "127.0.0.1:0", state_dir: "STATE" }
      providers: { one: { base_url: "http://127.0.0.1:1/v1" }, two: { base_url: "http://127.0.0.1:2/v1" } }
      targets:
        a: { provider: one, model: model-a, price: { input: 0.14, output: 0.42 } }
        b: { provider: two, model: model-b, price: { input: 2, output: 8 } }
      models: { chat: { targets: [a, b], strategy: cost-optimal } }
      """;
  private static final String PLENTY =
      "limits: { requests_per_minute: 100000000, tokens_per_minute: 2000000000, in_flight: 1000000 }, budgets: [ { limit_usd: 1000000000 } ]";

  private WireBench() {}

  /**
   * Runs all shapes, or those whose name contains the first argument.
   *
   * @param args part of a name
   */
  public static void main(String[] args) throws Exception {
    List<Shape> shapes =
        SHAPES.stream().filter(s -> args.length == 0 || s.name().contains(args[0])).toList();
    if (shapes.isEmpty() || (PAGE && shapes.size() < SHAPES.size())) {
      throw new IllegalArgumentException(
          "wire.filter: %s (expected: part of one of %s; of all of them for wire.page)"
              .formatted(String.join(" ", args), SHAPES.stream().map(Shape::name).toList()));
    }
    Path folder = Files.createTempDirectory("drover-bench");
    String routing = ROUTING + "ledger: { store: none }\n";
    String all =
        ROUTING
            + "teams: { search: { %s } }\nkeys: [ { id: a, sha256: \"%s\", team: search, %s } ]\n"
                .formatted(PLENTY, Callers.sha256(SECRET), PLENTY);
    try {
      if (!AGAINST.isEmpty()) {
        Against.run(folder, Path.of(AGAINST), routing, target(), SECRET);
        return;
      }
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("machine", machine());
      List<Object> rows = new ArrayList<>();
      try (Subject noOp = Subject.noOp(folder, false, false);
          Subject echo = Subject.noOp(folder, false, true);
          Subject bare = Subject.drover("routing", folder, false, routing);
          Subject full = Subject.drover("all", folder, false, all)) {
        List<Side> sides = sides(shapes, noOp, echo, bare, full);
        rows.addAll(rows(shapes, sides, "Unix socket"));
        report.put("rows", rows);
        report.put("own", OwnCode.measure(shapes, sides.subList(2, sides.size()), ROUNDS));
        sides.forEach(Side::leave);
      }
      if (shapes.contains(USUAL)) {
        rows.addAll(tcp(folder, routing));
        rows.addAll(redis(Files.createDirectories(folder.resolve("redis")), all));
        report.put("footprint", Footprint.measure(folder, routing, target(), USUAL, ROUNDS));
        Path body = folder.resolve("body.json");
        Files.writeString(body, USUAL.body());
        report.put("full_path", FullPath.run(folder, body, ROUNDS));
      }
      keep(report);
      if (SOAK_MINUTES > 0) {
        report.put("soak", soak(folder, all));
        keep(report);
      }
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private static List<Side> sides(List<Shape> shapes, Subject... subjects) {
    return Stream.of(subjects).map(subject -> Side.of(subject, shapes, target(), SECRET)).toList();
  }

  /**
   * At a quarter of the most: an exchange that has no others beside it takes more than twice the
   * CPU, and its client, which would fall behind at half, takes the same CPUs.
   */
  private static Map<String, Object> soak(Path folder, String all) throws Exception {
    try (Subject full =
        Subject.drover("all", Files.createDirectories(folder.resolve("soak")), false, all)) {
      Side side = sides(List.of(USUAL), full).getFirst();
      side.warm(0, WARM);
      double most = side.most(0, TIME).perSecond();
      Map<String, Object> soak = Soak.run(side, most / 4, SOAK_MINUTES);
      side.leave();
      return soak;
    }
  }

  private static void keep(Map<String, Object> report) throws IOException {
    Path file = Path.of("target", "wire.json");
    Files.writeString(file, Yaml.writeJson(report) + "\n");
    System.out.println("\n" + file);
    if (PAGE) {
      publish(report);
    }
  }

  /** Measures the usual shape with a Redis that is asked for each request. */
  private static List<Object> redis(Path folder, String all) throws Exception {
    List<Shape> shapes = List.of(USUAL);
    int port = Subject.freePort();
    RedisServer redis =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    redis.start();
    String shared = all + "redis: { url: \"redis://127.0.0.1:%d\" }\n".formatted(port);
    try (Subject noOp = Subject.noOp(folder, false, false);
        Subject counted = Subject.drover("all-redis", folder, false, shared)) {
      List<Side> sides = sides(shapes, noOp, counted);
      List<Object> rows = rows(shapes, sides, "Unix socket, Redis");
      sides.forEach(Side::leave);
      return rows;
    } finally {
      redis.stop();
    }
  }

  /** One shape over TCP, for those whose Envoy is elsewhere. */
  private static List<Object> tcp(Path folder, String routing) throws Exception {
    List<Shape> shapes = List.of(USUAL);
    try (Subject noOp = Subject.noOp(folder, true, false);
        Subject bare = Subject.drover("routing", folder, true, routing)) {
      List<Side> sides = sides(shapes, noOp, bare);
      List<Object> rows = rows(shapes, sides, "TCP");
      sides.forEach(Side::leave);
      return rows;
    }
  }

  /** Into the reference page and the README, where a test compares them. */
  private static void publish(Map<String, Object> report) throws IOException {
    PerformancePage page = new PerformancePage(report);
    Path reference = Path.of("docs", "reference");
    Files.writeString(reference.resolve("performance.json"), Yaml.writeJson(report) + "\n");
    Files.writeString(reference.resolve("performance.md"), page.page());
    Path readme = Path.of("README.md");
    Files.writeString(
        readme,
        Files.readString(readme)
            .replaceFirst(
                "(?s)(<!-- performance -->\n).*(<!-- /performance -->)",
                "$1" + Matcher.quoteReplacement(page.summary()) + "$2"));
  }

  private static Map<String, Object> machine() throws IOException {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("cpus", Runtime.getRuntime().availableProcessors());
    machine.put(
        "cpu",
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.replaceFirst(".*: ", ""))
            .findFirst()
            .orElse("unknown"));
    machine.put("jdk", Runtime.version().toString());
    machine.put("rounds", ROUNDS);
    machine.put("connections", Side.CONNECTIONS);
    machine.put("at_once", Side.AT_ONCE);
    return machine;
  }

  private static List<Object> rows(List<Shape> shapes, List<Side> sides, String transport)
      throws Exception {
    List<Object> rows = new ArrayList<>();
    warm(sides);
    System.out.printf(
        "%-32s %-8s %9s %7s %9s %9s %9s %8s %9s %6s%n",
        "", "", "a second", "ratio", "P50 us", "P99 us", "P99.9 us", "CPU us", "KiB each", "MiB");
    for (int i = 0; i < shapes.size(); i++) {
      Shape shape = shapes.get(i);
      int at = i;
      List<List<Drive.Seen>> seen = new ArrayList<>();
      for (Side side : sides) {
        side.warm(at, WARM_AGAIN);
        seen.add(new ArrayList<>());
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (int side = 0; side < sides.size(); side++) {
          seen.get(side).add(sides.get(side).most(at, TIME));
        }
      }
      for (int side = 0; side < sides.size(); side++) {
        Map<String, Object> row =
            row(shape, sides.get(side).subject().name(), seen.getFirst(), seen.get(side));
        row.put("transport", transport);
        rows.add(row);
      }
      if (shape.equals(USUAL)) {
        for (int part : PARTS) {
          atRate(shape, at, sides, seen, rows, transport, part);
        }
      }
    }
    return rows;
  }

  private static void warm(List<Side> sides) throws Exception {
    for (Side side : sides) {
      side.warm(0, WARM);
    }
  }

  /** Latency while nobody is at the limit: a part of what the slowest carries. */
  private static void atRate(
      Shape shape,
      int at,
      List<Side> sides,
      List<List<Drive.Seen>> closed,
      List<Object> rows,
      String transport,
      int part)
      throws Exception {
    double rate = median(closed.getLast(), Drive.Seen::perSecond) / part;
    List<List<Drive.Seen>> seen = new ArrayList<>();
    sides.forEach(_ -> seen.add(new ArrayList<>()));
    for (int round = 0; round < ROUNDS; round++) {
      for (int side = 0; side < sides.size(); side++) {
        seen.get(side).add(sides.get(side).atRate(at, rate, TIME));
      }
    }
    for (int side = 0; side < sides.size(); side++) {
      Map<String, Object> row =
          row(shape, sides.get(side).subject().name(), seen.getFirst(), seen.get(side));
      row.put("at_rate", Math.round(rate));
      row.put("part", part);
      row.put("transport", transport);
      rows.add(row);
    }
  }

  private static Map<String, Object> row(
      Shape shape, String name, List<Drive.Seen> noOp, List<Drive.Seen> seen) {
    double[] ratios = new double[seen.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = seen.get(i).perSecond() / noOp.get(i).perSecond();
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("shape", shape.name());
    row.put("server", name);
    row.put("per_second", Math.round(median(seen, Drive.Seen::perSecond)));
    row.put("ratio", Math.round(100 * median(ratios)) / 100.0);
    row.put("p50_us", Math.round(median(seen, Drive.Seen::p50)));
    row.put("p99_us", Math.round(median(seen, Drive.Seen::p99)));
    row.put("p999_us", Math.round(median(seen, Drive.Seen::p999)));
    row.put("cpu_us", tenths(median(seen, Drive.Seen::cpuMicros)));
    row.put("allocated_bytes", Math.round(median(seen, Drive.Seen::allocatedBytes)));
    row.put("resident_mib", Math.round(median(seen, s -> (double) s.residentMib())));
    System.out.printf(
        "%-32s %-8s %9s %7s %9s %9s %9s %8s %9.1f %6s%n",
        shape.name(),
        name,
        row.get("per_second"),
        row.get("ratio"),
        row.get("p50_us"),
        row.get("p99_us"),
        row.get("p999_us"),
        row.get("cpu_us"),
        median(seen, Drive.Seen::allocatedBytes) / 1024,
        row.get("resident_mib"));
    return row;
  }

  static double tenths(double value) {
    return Math.round(10 * value) / 10.0;
  }

  private static double median(List<Drive.Seen> seen, ToDoubleFunction<Drive.Seen> value) {
    return median(seen.stream().mapToDouble(value).toArray());
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The id of the target that answers: the cheaper one. */
  private static String target() {
    GatewayConfig config =
        switch (ConfigLoader.parse(
            ROUTING.replace("LISTEN", "127.0.0.1:1").replace("STATE", "/s"))) {
          case Loaded.Sound(GatewayConfig sound) -> sound;
          case Loaded.Broken broken -> throw new IllegalStateException(broken.report());
        };
    return Objects.requireNonNull(
            Catalog.compile(config, Credentials.offline(new Secrets(_ -> null))).target("a"))
        .id();
  }
}
