package dev.drover.tools.standin;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A data plane between a scripted ext_proc server and two scripted upstreams; started by the first
 * request.
 */
final class Lab implements AutoCloseable {
  static final String BUFFERED = "processing_mode: { request_body_mode: BUFFERED }";
  static final String STREAMED = "processing_mode: { request_body_mode: STREAMED }";

  final ScriptedProcessor server = new ScriptedProcessor();
  final RawUpstream upstream = new RawUpstream();
  final RawUpstream other = new RawUpstream();
  Knobs knobs = Knobs.ENVOY_1_37;
  private boolean patient = true;
  private boolean standIn;
  private String filter = "";
  private String upstreamFilter = "";
  private String route = "";
  private String manager = "";
  private int bufferLimit = 1 << 20;
  private int processorPort = server.port();
  private @Nullable LabPlane plane;

  /**
   * Keeps Envoy's default message_timeout of 200 ms, which is too short for a busy machine where it
   * is not the point.
   */
  Lab envoysTimeout() {
    patient = false;
    return this;
  }

  /** Goes through the stand-in, whatever the other tests go through. */
  Lab throughStandIn() {
    standIn = true;
    return this;
  }

  /** YAML of the router-level filter, besides its grpc_service. */
  Lab filter(String yaml) {
    filter = yaml;
    return this;
  }

  /** YAML of an upstream-level filter; none unless called. */
  Lab upstreamFilter(String yaml) {
    upstreamFilter = yaml;
    return this;
  }

  /** YAML of the main route's action, besides its cluster. */
  Lab route(String yaml) {
    route = yaml;
    return this;
  }

  /** YAML of the connection manager. */
  Lab manager(String yaml) {
    manager = yaml;
    return this;
  }

  Lab bufferLimit(int bytes) {
    bufferLimit = bytes;
    return this;
  }

  Lab processorDown() {
    processorPort = 1;
    return this;
  }

  void on(RequestCase kind, ScriptedProcessor.Script script) {
    server.on(kind, script);
  }

  LabPlane plane() throws IOException {
    if (plane == null) {
      plane = start();
    }
    return plane;
  }

  private LabPlane start() throws IOException {
    if (standIn || !TestDataPlane.isEnvoy()) {
      return LabPlane.standIn(bootstrap(), knobs);
    }
    try {
      return LabPlane.envoy(bootstrap());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  long count(String counter) throws IOException {
    return plane().count(counter);
  }

  /** Waits up to a minute for words in the access log. */
  void awaitLogged(String words) throws IOException, InterruptedException {
    LabPlane running = plane();
    eventually(() -> running.accessLog().contains(words));
  }

  /** Waits up to a minute. */
  static void eventually(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  RawHttp.Message get() throws IOException {
    return raw("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  }

  RawHttp.Message post(String body) throws IOException {
    return raw(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
  }

  RawHttp.Message postChunked(String... chunks) throws IOException, InterruptedException {
    try (Client client = client()) {
      client.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
      sendSlowly(client, chunks);
      return client.read();
    }
  }

  /**
   * Chunks apart, so that each is a read of its own: where the processor gets them one by one, the
   * next is sent when it has the one before. An answer may come, and the connection end, before the
   * last.
   */
  private void sendSlowly(Client client, String... chunks) throws InterruptedException {
    try {
      for (String chunk : chunks) {
        client.send(RawHttp.chunks(chunk));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        do {
          Thread.sleep(60);
        } while (filter.contains("STREAMED") && !got(chunk) && System.nanoTime() < deadline);
      }
      client.send("0\r\n\r\n");
    } catch (IOException e) {
      // answered early
    }
  }

  private boolean got(String chunk) {
    return server.received.stream()
        .anyMatch(
            message ->
                message.hasRequestBody()
                    && message.getRequestBody().getBody().toStringUtf8().contains(chunk));
  }

  /** Sends bytes and reads the answer. */
  RawHttp.Message raw(String request) throws IOException {
    try (Client client = client()) {
      client.send(request);
      return client.read();
    }
  }

  Client client() throws IOException {
    return new Client(new Socket(InetAddress.getLoopbackAddress(), plane().address().port()));
  }

  /** The next request that the upstream got. */
  RawHttp.Message arrived() throws InterruptedException {
    RawHttp.Message message = upstream.received.poll(60, TimeUnit.SECONDS);
    assertThat(message).as("a request at the upstream").isNotNull();
    return message;
  }

  /** A client's connection. */
  record Client(Socket socket) implements AutoCloseable {
    void send(String bytes) throws IOException {
      RawUpstream.write(socket.getOutputStream(), bytes);
    }

    RawHttp.Message read() throws IOException {
      socket.setSoTimeout(10_000);
      return Objects.requireNonNull(RawHttp.read(socket.getInputStream(), true), "no answer came");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() {
    if (plane != null) {
      plane.close();
    }
    server.close();
    upstream.close();
    other.close();
  }

  private String patiently(String yaml) {
    return patient && !yaml.contains("message_timeout:") ? yaml + "\nmessage_timeout: 5s\n" : yaml;
  }

  private String bootstrap() {
    String upstreamFilters =
        upstreamFilter.isEmpty()
            ? ""
            : """
                    http_filters:
                    - name: up
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor
                        grpc_service: { envoy_grpc: { cluster_name: processor } }
            %s
                    - name: codec
                      typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec }
            """
                .formatted(patiently(upstreamFilter).indent(12));
    return """
        static_resources:
          listeners:
          - name: l
            address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
            per_connection_buffer_limit_bytes: %d
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: s
        %s
                  http_filters:
                  - name: ext_proc
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor
                      grpc_service: { envoy_grpc: { cluster_name: processor } }
        %s
                  - name: router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: ["*"]
                      routes:
                      - match: { prefix: "/nowhere" }
                        route: { cluster: nobody }
                      - match: { prefix: "/other" }
                        route: { cluster: other }
                      - match: { prefix: "/", headers: [ { name: x-to, present_match: true } ] }
                        route: { cluster_header: x-to }
                      - match: { prefix: "/" }
                        route:
                          cluster: main
        %s
          clusters:
          - name: main
            connect_timeout: 1s
            load_assignment:
              cluster_name: main
              endpoints:
              - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } }, hostname: first.example }, metadata: { filter_metadata: { ns: { name: first } } } } ]
              - priority: 1
                lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } }, hostname: second.example }, metadata: { filter_metadata: { ns: { name: second } } } } ]
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http_protocol_options: {} }
        %s
          - name: nobody
            load_assignment:
              cluster_name: nobody
              endpoints:
              - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 1 } } } } ]
          - name: other
            load_assignment:
              cluster_name: other
              endpoints:
              - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ]
          - name: processor
            load_assignment:
              cluster_name: processor
              endpoints:
              - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ]
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http2_protocol_options: {} }
        """
        .formatted(
            bufferLimit,
            manager.indent(10),
            patiently(filter).indent(14),
            route.indent(18),
            upstream.port(),
            other.port(),
            upstreamFilters,
            other.port(),
            processorPort);
  }
}
