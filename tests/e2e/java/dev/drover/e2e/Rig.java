package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.app.Server;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.ExchangeRecord;
import dev.drover.state.health.TargetHealth;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Drover, two fake providers and a data plane. Closing it checks that nothing leaked. */
final class Rig {
  static final String FIRST_KEY = "sk-first";
  static final String SECOND_KEY = "sk-second";

  final FakeProvider first = new FakeProvider(FIRST_KEY, Behaviour.GOOD);
  final FakeProvider second = new FakeProvider(SECOND_KEY, Behaviour.GOOD);
  final Path config;
  final Server server;
  final DataPlane dataPlane;
  private final BlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();

  Rig(Path folder) throws IOException, InterruptedException {
    this(folder, yaml());
  }

  Rig(Path folder, TestDataPlane kind) throws IOException, InterruptedException {
    this(folder, kind, yaml());
  }

  Rig(Path folder, String yaml) throws IOException, InterruptedException {
    this(folder, TestDataPlane.chosen(), yaml);
  }

  /**
   * @param yaml the config, with {@code FIRST}, {@code SECOND}, {@code ENVOY} and {@code DROVER} to
   *     be filled in
   */
  Rig(Path folder, TestDataPlane kind, String yaml) throws IOException, InterruptedException {
    config = folder.resolve("drover.yaml");
    Files.writeString(folder.resolve("first.key"), FIRST_KEY + "\n");
    Files.writeString(folder.resolve("second.key"), SECOND_KEY);
    Files.writeString(config, fill(yaml, folder));
    GatewayConfig loaded = load(config);
    server = new Server(config, loaded, List.of(records::add));
    dataPlane = kind.start(loaded, folder);
  }

  static String yaml() {
    return """
        version: 1
        server: { listen: "127.0.0.1:DROVER", admin: "127.0.0.1:0", drain: 5s, state_dir: "FOLDER/state" }
        envoy: { listen: "127.0.0.1:ENVOY", admin: "127.0.0.1:0" }
        providers:
          one: { base_url: "FIRST", credentials: [ { file: "FOLDER/first.key" } ], headers: { x-one: "1" } }
          two: { base_url: "SECOND", credentials: [ { file: "FOLDER/second.key" } ] }
        targets:
          cheap: { provider: one, model: cheap-1, price: { input: 0.14, output: 0.42 }, timeout: 3s }
          dear: { provider: two, model: dear-2, price: { input: 2, output: 8 }, timeout: 3s }
        models:
          chat: { targets: [cheap, dear], strategy: cost-optimal, aliases: [gpt-4o] }
          text-embedding-3-small: { targets: [cheap] }
        """;
  }

  String fill(String yaml, Path folder) throws IOException {
    return yaml.replace("FIRST", first.baseUrl())
        .replace("SECOND", second.baseUrl())
        .replace("FOLDER", folder.toString())
        .replace("ENVOY", Integer.toString(Ports.free()))
        .replace("DROVER", Integer.toString(Ports.free()));
  }

  String url() {
    return "http://" + dataPlane.address();
  }

  /** Returns the next record, which must come within a minute. */
  ExchangeRecord record() throws InterruptedException {
    ExchangeRecord record = records.poll(60, TimeUnit.SECONDS);
    assertThat(record).as("a record within 60 s").isNotNull();
    return record;
  }

  /** All records that have come. */
  List<ExchangeRecord> records() {
    List<ExchangeRecord> all = new ArrayList<>();
    records.drainTo(all);
    return all;
  }

  TargetHealth health(String target) {
    return server.health().all().stream()
        .filter(h -> h.target().equals(target))
        .findFirst()
        .orElseThrow();
  }

  /** Waits until no exchange and no permit is open, for a minute at most. */
  void awaitSettled() throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!settled() && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
  }

  /** Waits until no exchange and no permit is open, and checks that no record is left over. */
  void settle() throws InterruptedException {
    awaitSettled();
    assertThat(server.exchangesActive()).as("exchanges still open").isZero();
    assertThat(server.health().all()).as("permits still open").allMatch(h -> h.inFlight() == 0);
    assertThat(records).as("records that nobody expected").isEmpty();
  }

  private boolean settled() {
    return server.exchangesActive() == 0
        && server.health().all().stream().allMatch(h -> h.inFlight() == 0);
  }

  void close() throws InterruptedException {
    try {
      settle();
    } finally {
      dataPlane.close();
      server.close();
      first.close();
      second.close();
    }
  }

  static GatewayConfig load(Path file) {
    return switch (ConfigLoader.load(file)) {
      case Loaded.Sound(GatewayConfig sound) -> sound;
      case Loaded.Broken broken -> throw new AssertionError(broken.report());
    };
  }
}
