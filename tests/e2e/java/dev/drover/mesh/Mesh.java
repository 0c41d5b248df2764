package dev.drover.mesh;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.app.Server;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.record.ExchangeRecord;
import dev.drover.render.EnvoyGatewayPlace;
import dev.drover.render.EnvoyGatewayYaml;
import dev.drover.render.IstioPlace;
import dev.drover.render.IstioYaml;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import dev.drover.types.HostPort;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Runs Drover, two providers, another host's workload, and an Envoy with the config that a mesh
 * would give it.
 */
final class Mesh implements AutoCloseable {
  /** A kind of mesh, and the place in it. */
  enum Kind {
    /** Istio's gateway; Drover has a sidecar of its own. */
    ISTIO_GATEWAY("llm.example.com"),
    /** The callers' sidecars; Drover is reached by a Unix socket. */
    ISTIO_SIDECAR("llm.apps.svc.cluster.local"),
    ENVOY_GATEWAY("llm.example.com");

    final String host;

    Kind(String host) {
      this.host = host;
    }
  }

  static final String FIRST_KEY = "sk-first";
  static final String SECOND_KEY = "sk-second";
  private static final String SERVICE = "drover.llm.svc.cluster.local:9002";
  private static final String EDGE = "edge/public/http";
  private static final int PORT = 80;

  /** The proxy beside Drover, which checks headers as every proxy does. */
  private static final String SIDECAR =
      """
      admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
      static_resources:
        listeners:
        - name: inbound
          address: { socket_address: { address: 127.0.0.1, port_value: LISTEN } }
          filter_chains:
          - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: inbound
                codec_type: HTTP2
                route_config:
                  virtual_hosts:
                  - { name: drover, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: drover, timeout: 0s } } ] }
                http_filters:
                - name: envoy.filters.http.router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
        clusters:
        - { name: drover, connect_timeout: 5s, typed_extension_protocol_options: { envoy.extensions.upstreams.http.v3.HttpProtocolOptions: { "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: { http2_protocol_options: {} } } }, load_assignment: { cluster_name: drover, endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: DROVER } } } } ] } ] } }
      """;

  /** The mesh's own cluster for Drover's service: the workload's sidecar. */
  private static final String SERVICE_CLUSTER =
      """
      { name: "outbound|9002||drover.llm.svc.cluster.local", connect_timeout: 5s, typed_extension_protocol_options: { envoy.extensions.upstreams.http.v3.HttpProtocolOptions: { "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: { http2_protocol_options: {} } } }, load_assignment: { cluster_name: drover, endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: LISTEN } } } } ] } ] } }
      """;

  final Kind kind;
  final FakeProvider first = new FakeProvider(FIRST_KEY, Behaviour.GOOD);
  final FakeProvider second = new FakeProvider(SECOND_KEY, Behaviour.GOOD);
  final BlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
  final Server server;
  private final HttpServer other;
  private final List<Runnable> endings = new ArrayList<>();
  private final HostPort proxy = local(Ports.free());
  private final HostPort untouched = local(Ports.free());
  private final Path folder;
  private final String untouchedBootstrap;

  /**
   * Starts everything.
   *
   * @param envoy further keys of the config's section {@code envoy}, as {@code key: value, }
   * @param timeout of both targets
   */
  Mesh(Kind kind, Path folder, String envoy, String timeout)
      throws IOException, InterruptedException {
    this.kind = kind;
    this.folder = folder;
    other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    other.createContext("/", Mesh::echo);
    other.start();
    Path socket = folder.resolve("drover.sock");
    int port = Ports.free();
    boolean unix = kind == Kind.ISTIO_SIDECAR;
    Path file = folder.resolve("drover.yaml");
    Files.writeString(folder.resolve("first.key"), FIRST_KEY);
    Files.writeString(folder.resolve("second.key"), SECOND_KEY);
    Files.writeString(
        file,
        """
        version: 1
        server: { listen: "%s", admin: "127.0.0.1:0", drain: 5s, state_dir: "FOLDER/state" }
        envoy: { %s max_body: 50MiB, admin: "127.0.0.1:0" }
        providers:
          one: { base_url: "%s", credentials: [ { file: "FOLDER/first.key" } ] }
          two: { base_url: "%s", credentials: [ { file: "FOLDER/second.key" } ] }
        targets:
          cheap: { provider: one, model: cheap-1, price: { input: 0.14, output: 0.42 }, timeout: %s }
          dear: { provider: two, model: dear-2, price: { input: 2, output: 8 }, timeout: %s }
        models:
          chat: { targets: [cheap, dear], strategy: cost-optimal }
          text-embedding-3-small: { targets: [cheap] }
        """
            .formatted(
                unix ? "unix:" + socket : "127.0.0.1:" + port,
                envoy,
                "http://" + authority(first) + "/v1",
                "http://" + authority(second) + "/v1",
                timeout,
                timeout)
            .replace("FOLDER", folder.toString()));
    GatewayConfig config =
        switch (ConfigLoader.load(file)) {
          case Loaded.Sound(GatewayConfig sound) -> sound;
          case Loaded.Broken broken -> throw new AssertionError(broken.report());
        };
    server = new Server(file, config, List.of(records::add));
    endings.add(server::close);
    if (kind == Kind.ENVOY_GATEWAY) {
      untouchedBootstrap = envoyGateway(config, port);
    } else {
      untouchedBootstrap = istio(config, port);
    }
  }

  private static HostPort local(int port) {
    return new HostPort("127.0.0.1", port);
  }

  private HostPort other() {
    return local(other.getAddress().getPort());
  }

  /** Returns the bootstrap without the patches. */
  private String istio(GatewayConfig config, int drover) throws IOException, InterruptedException {
    boolean gateway = kind == Kind.ISTIO_GATEWAY;
    IstioPlace place =
        new IstioPlace(
            "drover",
            "istio-ingress",
            gateway ? "istio-ingress/public" : null,
            Map.of("app", "caller"),
            kind.host,
            PORT,
            gateway ? SERVICE : null,
            false,
            false);
    List<Map<String, Object>> documents = documents(IstioYaml.yaml(config, place));
    Map<String, Object> virtualService =
        documents.stream()
            .filter(each -> Trees.text(each, "kind").equals("VirtualService"))
            .findFirst()
            .orElseThrow();
    List<Map<String, Object>> filters =
        documents.stream().filter(each -> Trees.text(each, "kind").equals("EnvoyFilter")).toList();
    Map<String, Object> base =
        new IstioBase(gateway, proxy, kind.host, PORT, other()).bootstrap(virtualService);
    if (gateway) {
      HostPort sidecar = local(Ports.free());
      String listen = Integer.toString(sidecar.port());
      start(
          SIDECAR.replace("LISTEN", listen).replace("DROVER", Integer.toString(drover)),
          sidecar,
          "sidecar");
      Trees.list(Trees.map(base, "static_resources"), "clusters")
          .add(Yaml.readMap(SERVICE_CLUSTER.replace("LISTEN", listen)));
    }
    start(
        EnvoyFilters.apply(base, filters, gateway ? "GATEWAY" : "SIDECAR_OUTBOUND", PORT),
        proxy,
        "patched");
    return json(
        new IstioBase(gateway, untouched, kind.host, PORT, other()).bootstrap(virtualService));
  }

  /** Returns the bootstrap without the patches. */
  private String envoyGateway(GatewayConfig config, int drover)
      throws IOException, InterruptedException {
    EnvoyGatewayPlace place =
        new EnvoyGatewayPlace(
            "drover", "edge", "public", "http", false, kind.host, "drover", "llm", 9002);
    List<Map<String, Object>> documents = documents(EnvoyGatewayYaml.yaml(config, place));
    List<Object> patches =
        documents.stream()
            .filter(each -> Trees.text(each, "kind").equals("EnvoyPatchPolicy"))
            .flatMap(each -> Trees.list(Trees.map(each, "spec"), "jsonPatches").stream())
            .toList();
    Map<String, Object> base =
        new EnvoyGatewayBase(proxy, kind.host, EDGE, other(), documents).bootstrap();
    JsonPatches.apply(base, patches, EDGE);
    // No DNS of a cluster is here to know Drover's Service
    String json =
        json(base)
            .replaceAll(
                "\"drover\\.llm\\.svc\\.cluster\\.local\",(\\s*)\"port_value\": 9002",
                "\"127.0.0.1\",$1\"port_value\": " + drover);
    start(json, proxy, "patched");
    return json(new EnvoyGatewayBase(untouched, kind.host, EDGE, other(), documents).bootstrap());
  }

  private static String json(Map<String, Object> bootstrap) throws InvalidProtocolBufferException {
    return EnvoyFilters.json(EnvoyFilters.read(bootstrap, Bootstrap.newBuilder()));
  }

  private void start(String bootstrap, HostPort listen, String name)
      throws IOException, InterruptedException {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    DataPlane envoy =
        DataPlane.envoy(
            TestDataPlane.binary().orElseThrow(),
            bootstrap,
            listen,
            Files.createDirectories(folder.resolve(name)),
            nowhere);
    endings.add(envoy::close);
  }

  private static List<Map<String, Object>> documents(String yaml) {
    List<Map<String, Object>> documents = new ArrayList<>();
    for (String each : yaml.split("(?m)^---$", -1)) {
      documents.add(Yaml.readMap(each));
    }
    return documents;
  }

  /** Tells what arrived: the line of the request, its headers by name, the length of its body. */
  private static void echo(HttpExchange exchange) throws IOException {
    int length = exchange.getRequestBody().readAllBytes().length;
    StringBuilder said =
        new StringBuilder(exchange.getRequestMethod() + " " + exchange.getRequestURI() + "\n");
    new TreeMap<>(exchange.getRequestHeaders())
        .forEach(
            (name, values) -> said.append(name.toLowerCase(Locale.ROOT) + ": " + values + "\n"));
    byte[] body = said.append(length).append('\n').toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Returns the host and port of a provider, a name where an address could not be rewritten to. */
  String authority(FakeProvider provider) {
    String authority = URI.create(provider.baseUrl()).getAuthority();
    return kind == Kind.ENVOY_GATEWAY ? authority.replace("127.0.0.1", "localhost") : authority;
  }

  /** Returns the URL of the patched proxy. */
  String url() {
    return "http://" + proxy;
  }

  /** Starts a proxy that has none of the patches, and returns its URL. */
  String startUntouched() throws IOException, InterruptedException {
    start(untouchedBootstrap, untouched, "untouched");
    return "http://" + untouched;
  }

  @Override
  public void close() {
    endings.reversed().forEach(Runnable::run);
    other.stop(0);
    first.close();
    second.close();
  }
}
