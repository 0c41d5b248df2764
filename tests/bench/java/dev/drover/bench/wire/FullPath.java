package dev.drover.bench.wire;

import dev.drover.config.ConfigLoader;
import dev.drover.config.GatewayConfig;
import dev.drover.config.Loaded;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.standin.DataPlane;
import dev.drover.standin.fake.Behaviour;
import dev.drover.standin.fake.FakeProvider;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What a client waits for: a data plane with Drover beside it, against the same data plane without
 * ext_proc, by turns. The data plane is the stand-in, and an Envoy where one is found.
 */
final class FullPath {
  private static final int PER_SECOND = 200;
  private static final Duration TIME = Duration.ofSeconds(4);
  private static final Duration WARM = Duration.ofSeconds(20);

  private static final String PLAIN =
      """
      admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
      static_resources:
        listeners:
        - name: l
          address: { socket_address: { address: 127.0.0.1, port_value: %d } }
          filter_chains:
          - filters:
            - name: hcm
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: s
                http_filters:
                - name: router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                  - name: v
                    domains: ["*"]
                    routes: [ { match: { prefix: "/" }, route: { cluster: provider } } ]
        clusters:
        - name: provider
          connect_timeout: 1s
          load_assignment:
            cluster_name: provider
            endpoints:
            - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ]
      """;

  private interface DataPlanes {
    DataPlane start(String bootstrap, HostPort listen) throws Exception;
  }

  private FullPath() {}

  static List<Object> run(Path folder, Path body, int rounds) throws Exception {
    List<Object> rows = new ArrayList<>();
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    rows.add(row("stand-in", folder, body, rounds, (yaml, _) -> DataPlane.standIn(yaml, nowhere)));
    if (DataPlane.envoyBinary().isPresent()) {
      Path binary = DataPlane.envoyBinary().get();
      rows.add(
          row(
              "Envoy " + DataPlane.envoyVersion(binary),
              folder,
              body,
              rounds,
              (yaml, listen) -> DataPlane.envoy(binary, yaml, listen, folder, nowhere)));
    }
    return rows;
  }

  private static Map<String, Object> row(
      String name, Path folder, Path body, int rounds, DataPlanes dataPlanes) throws Exception {
    try (FakeProvider provider = new FakeProvider(null, Behaviour.GOOD)) {
      int listen = Subject.freePort();
      int plainListen = Subject.freePort();
      String yaml =
          """
          version: 1
          server: { listen: "LISTEN", admin: "127.0.0.1:0", state_dir: "STATE" }
          envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
          providers: { one: { base_url: "%s" } }
          targets: { a: { provider: one, model: model-a, price: { input: 0.14, output: 0.42 } } }
          models: { chat: { targets: [a] } }
          ledger: { store: none }
          """
              .formatted(listen, provider.baseUrl());
      int providerPort = URI.create(provider.baseUrl()).getPort();
      try (Subject drover = Subject.drover("path-" + name, folder, false, yaml);
          DataPlane with =
              dataPlanes.start(
                  EnvoyBootstrap.yaml(sound(drover.config())),
                  HostPort.parse("127.0.0.1:" + listen));
          DataPlane without =
              dataPlanes.start(
                  PLAIN.formatted(plainListen, providerPort),
                  HostPort.parse("127.0.0.1:" + plainListen))) {
        return compare(name, with, without, provider, body, rounds);
      }
    }
  }

  private static GatewayConfig sound(Path config) {
    return switch (ConfigLoader.load(config)) {
      case Loaded.Sound(GatewayConfig sound) -> sound;
      case Loaded.Broken broken -> throw new IllegalStateException(broken.report());
    };
  }

  private static Map<String, Object> compare(
      String name, DataPlane with, DataPlane without, FakeProvider provider, Path body, int rounds)
      throws Exception {
    double[][] seen = new double[4][rounds];
    drive(with, body, WARM, provider);
    drive(without, body, WARM, provider);
    for (int round = 0; round < rounds; round++) {
      Histogram beside = drive(with, body, TIME, provider);
      Histogram alone = drive(without, body, TIME, provider);
      seen[0][round] = beside.getValueAtPercentile(50) / 1e3;
      seen[1][round] = beside.getValueAtPercentile(99) / 1e3;
      seen[2][round] = alone.getValueAtPercentile(50) / 1e3;
      seen[3][round] = alone.getValueAtPercentile(99) / 1e3;
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("data_plane", name);
    row.put("per_second", PER_SECOND);
    row.put("p50_us", Math.round(WireBench.median(seen[0])));
    row.put("p99_us", Math.round(WireBench.median(seen[1])));
    row.put("without_p50_us", Math.round(WireBench.median(seen[2])));
    row.put("without_p99_us", Math.round(WireBench.median(seen[3])));
    System.out.println("\nfull path: " + row);
    return row;
  }

  /** Clients that call at a steady rate; nanoseconds from when each was due. */
  private static Histogram drive(
      DataPlane dataPlane, Path body, Duration time, FakeProvider provider) throws Exception {
    Histogram latencies = new ConcurrentHistogram(Duration.ofMinutes(1).toNanos(), 3);
    AtomicInteger bad = new AtomicInteger();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + dataPlane.address() + "/v1/chat/completions"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofFile(body))
            .build();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long count = time.toSeconds() * PER_SECOND;
      long begin = System.nanoTime();
      for (long i = 0; i < count; i++) {
        long due = begin + i * 1_000_000_000L / PER_SECOND;
        while (System.nanoTime() - due < 0) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        threads.submit(
            () -> {
              if (client.send(request, BodyHandlers.discarding()).statusCode() != 200) {
                bad.incrementAndGet();
              }
              latencies.recordValue(System.nanoTime() - due);
              return null;
            });
      }
    }
    provider.forget();
    if (bad.get() > 0 || latencies.getTotalCount() < time.toSeconds() * PER_SECOND) {
      throw new IOException(dataPlane.address() + ": " + bad + " answers were not good");
    }
    return latencies;
  }
}
