package dev.drover.bench.wire;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
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
import java.nio.file.Files;
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
 * ext_proc and with one whose server does nothing, by turns. The data plane is the stand-in, and an
 * Envoy where one is found.
 */
final class FullPath {
  private static final int PER_SECOND = 200;
  private static final Duration TIME = Duration.ofSeconds(4);
  private static final Duration WARM = Duration.ofSeconds(20);

  /** A listener, with or without a filter more, a provider, with or without a cluster more. */
  private static final String BOOTSTRAP =
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
                http_filters: [ %s{ name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ]
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
        %s
      """;

  private static final String FILTER =
      """
      { name: no_op, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor, \
      grpc_service: { envoy_grpc: { cluster_name: no_op } }, message_timeout: 5s, \
      processing_mode: { request_header_mode: SEND, request_body_mode: BUFFERED, response_header_mode: SEND, response_body_mode: STREAMED } } }, \
      """;

  private static final String CLUSTER =
      """
      - { name: no_op, connect_timeout: 1s, \
      typed_extension_protocol_options: { envoy.extensions.upstreams.http.v3.HttpProtocolOptions: \
      { "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: { http2_protocol_options: {} } } }, \
      load_assignment: { cluster_name: no_op, endpoints: [ { lb_endpoints: [ { endpoint: { address: { pipe: { path: "%s" } } } } ] } ] } }\
      """;

  private interface DataPlanes {
    DataPlane start(String bootstrap, HostPort listen) throws Exception;
  }

  private FullPath() {}

  /** One way to the provider, and what its rounds have seen, in microseconds. */
  private static final class Way {
    final String beside;
    final DataPlane dataPlane;
    final double[] p50;
    final double[] p99;

    Way(String beside, DataPlane dataPlane, int rounds) {
      this.beside = beside;
      this.dataPlane = dataPlane;
      this.p50 = new double[rounds];
      this.p99 = new double[rounds];
    }
  }

  static List<Object> run(Path folder, Path body, int rounds) throws Exception {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    List<Object> rows =
        new ArrayList<>(
            compare(
                "stand-in",
                Files.createDirectories(folder.resolve("stand-in")),
                body,
                rounds,
                (yaml, _) -> DataPlane.standIn(yaml, nowhere)));
    if (DataPlane.envoyBinary().isPresent()) {
      Path binary = DataPlane.envoyBinary().get();
      Path its = Files.createDirectories(folder.resolve("envoy"));
      rows.addAll(
          compare(
              "Envoy " + DataPlane.envoyVersion(binary),
              its,
              body,
              rounds,
              (yaml, listen) -> DataPlane.envoy(binary, yaml, listen, its, nowhere)));
    }
    return rows;
  }

  private static List<Object> compare(
      String name, Path folder, Path body, int rounds, DataPlanes dataPlanes) throws Exception {
    try (FakeProvider provider = new FakeProvider(null, Behaviour.GOOD);
        Subject noOp = Subject.noOp(folder, false, false);
        DataPlane plain = plain(dataPlanes, provider, "", "");
        DataPlane withNoOp =
            plain(dataPlanes, provider, FILTER, CLUSTER.formatted(noOp.address()));
        Beside one = Beside.start(dataPlanes, folder, provider, "one");
        Beside two = Beside.start(dataPlanes, folder, provider, "two")) {
      List<Way> ways =
          List.of(
              new Way("nothing", plain, rounds),
              new Way("a server that answers CONTINUE, one filter", withNoOp, rounds),
              new Way("Drover, one filter", one.dataPlane, rounds),
              new Way("Drover, both filters", two.dataPlane, rounds));
      for (Way way : ways) {
        drive(way.dataPlane, body, WARM, provider);
      }
      for (int round = 0; round < rounds; round++) {
        for (Way way : ways) {
          Histogram seen = drive(way.dataPlane, body, TIME, provider);
          way.p50[round] = seen.getValueAtPercentile(50) / 1e3;
          way.p99[round] = seen.getValueAtPercentile(99) / 1e3;
        }
      }
      List<Object> rows = new ArrayList<>();
      for (Way way : ways) {
        rows.add(row(name, way));
      }
      return rows;
    }
  }

  private static Map<String, Object> row(String name, Way way) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("data_plane", name);
    row.put("beside", way.beside);
    row.put("per_second", PER_SECOND);
    row.put("p50_us", Math.round(WireBench.median(way.p50)));
    row.put("p99_us", Math.round(WireBench.median(way.p99)));
    System.out.println("full path: " + row);
    return row;
  }

  private static DataPlane plain(
      DataPlanes dataPlanes, FakeProvider provider, String filter, String cluster)
      throws Exception {
    HostPort listen = new HostPort("127.0.0.1", Subject.freePort());
    return dataPlanes.start(
        BOOTSTRAP.formatted(listen.port(), filter, port(provider), cluster), listen);
  }

  private static int port(FakeProvider provider) {
    return URI.create(provider.baseUrl()).getPort();
  }

  /** A Drover and the data plane that asks it. */
  private record Beside(Subject drover, DataPlane dataPlane) implements AutoCloseable {
    static Beside start(DataPlanes dataPlanes, Path folder, FakeProvider provider, String filters)
        throws Exception {
      HostPort listen = new HostPort("127.0.0.1", Subject.freePort());
      Subject drover =
          Subject.drover(
              filters,
              folder,
              false,
              """
              version: 1
              server: { listen: "LISTEN", admin: "127.0.0.1:0", state_dir: "STATE" }
              envoy: { listen: "%s", admin: "127.0.0.1:0", filters: %s }
              providers: { one: { base_url: "%s" } }
              targets: { a: { provider: one, model: model-a, price: { input: 0.14, output: 0.42 } } }
              models: { chat: { targets: [a] } }
              ledger: { store: none }
              """
                  .formatted(listen, filters, provider.baseUrl()));
      return new Beside(
          drover, dataPlanes.start(EnvoyBootstrap.yaml(sound(drover.config())), listen));
    }

    @Override
    public void close() throws IOException {
      dataPlane.close();
      drover.close();
    }
  }

  private static GatewayConfig sound(Path config) {
    return switch (ConfigLoader.load(config)) {
      case Loaded.Sound(GatewayConfig sound) -> sound;
      case Loaded.Broken broken -> throw new IllegalStateException(broken.report());
    };
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
