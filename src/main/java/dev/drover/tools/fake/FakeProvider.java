package dev.drover.tools.fake;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseTransform;
import dev.drover.dialect.Translation;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.types.Bytes;
import dev.drover.types.HostPort;
import dev.drover.types.HttpServers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on loopback that answers as OpenAI's API does. Thread-safe; each request runs on a
 * virtual thread.
 */
public final class FakeProvider implements AutoCloseable {
  private static final int KEPT = 1000;

  /**
   * A request as it arrived.
   *
   * @param headers by lower-case name
   */
  public record Received(String path, Map<String, String> headers, Bytes body) {}

  private static final int BACKLOG = 1024;

  private final HttpServer server;
  private final boolean tls;
  private final ExecutorService threads;
  private final @Nullable String key;
  private final ClientApi dialect = Dialects.usual();
  private final ConcurrentLinkedQueue<Received> received = new ConcurrentLinkedQueue<>();
  private volatile Behaviour behaviour;

  /**
   * Starts on a free port.
   *
   * @param key the API key it takes, or null to take any
   */
  public FakeProvider(@Nullable String key, Behaviour behaviour) {
    this(key, behaviour, null);
  }

  /**
   * Starts on a free port.
   *
   * @param key the API key it takes, or null to take any
   * @param tls what it shows as {@code localhost}, or null for plain text
   */
  public FakeProvider(@Nullable String key, Behaviour behaviour, @Nullable SSLContext tls) {
    this(key, behaviour, tls, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /**
   * Starts at an address, and takes any key.
   *
   * @throws UncheckedIOException when it cannot be bound
   */
  public static FakeProvider at(HostPort at, Behaviour behaviour) {
    return new FakeProvider(null, behaviour, null, new InetSocketAddress(at.host(), at.port()));
  }

  private FakeProvider(
      @Nullable String key, Behaviour behaviour, @Nullable SSLContext tls, InetSocketAddress at) {
    this.key = key;
    this.behaviour = behaviour;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    this.tls = tls != null;
    try {
      if (tls == null) {
        server = HttpServers.create(at, BACKLOG);
      } else {
        HttpsServer secure = HttpServers.createSecure(at, BACKLOG);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secure;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(at + ": " + e.getMessage(), e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns the URL for a config's {@code base_url}. */
  public String baseUrl() {
    InetSocketAddress at = server.getAddress();
    String host =
        tls
            ? "localhost"
            : at.getAddress().isAnyLocalAddress() ? "127.0.0.1" : at.getAddress().getHostAddress();
    return (tls ? "https://" : "http://") + HostPort.text(host, at.getPort()) + "/v1";
  }

  /** Behaves so from the next request on. */
  public void behave(Behaviour next) {
    behaviour = next;
  }

  /** The requests so far, oldest first, the last {@value #KEPT} at most. */
  public List<Received> received() {
    return List.copyOf(received);
  }

  /** Forgets the requests so far. */
  public void forget() {
    received.clear();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Behaviour now = behaviour;
    try {
      Bytes body = Bytes.of(exchange.getRequestBody().readAllBytes());
      note(exchange, body);
      pause(now.latency().toMillis());
      Behaviour.Kind kind =
          ThreadLocalRandom.current().nextDouble() < now.share() ? now.kind() : Behaviour.Kind.GOOD;
      if (!authorized(exchange)) {
        error(exchange, 401, "invalid_api_key");
      } else {
        answer(exchange, body, now, kind);
      }
      exchange.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(HttpExchange exchange, Bytes body) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    received.add(new Received(exchange.getRequestURI().toString(), headers, body));
    while (received.size() > KEPT) {
      received.poll();
    }
  }

  private boolean authorized(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    return key == null
        || ("Bearer " + key).equals(headers.getFirst("authorization"))
        || key.equals(headers.getFirst("x-api-key"))
        || key.equals(headers.getFirst("x-goog-api-key"));
  }

  private void answer(HttpExchange exchange, Bytes body, Behaviour now, Behaviour.Kind kind)
      throws IOException, InterruptedException {
    switch (kind) {
      case GOOD, CUT_STREAM -> good(exchange, body, now, kind);
      case ERROR_500 -> error(exchange, 500, "server_error");
      case UNAUTHORIZED -> error(exchange, 401, "invalid_api_key");
      case MODEL_GONE -> error(exchange, 404, "model_not_found");
      case THROTTLED -> {
        exchange.getResponseHeaders().set("retry-after", "2");
        error(exchange, 429, "rate_limit_exceeded");
      }
      case SILENT -> pause(3_600_000);
      case RESET -> throw aborted(exchange);
      case MALFORMED ->
          send(exchange, 200, "application/json", Bytes.utf8("{\"choices\": [{\"mess"), false);
    }
  }

  private void good(HttpExchange exchange, Bytes body, Behaviour now, Behaviour.Kind kind)
      throws IOException, InterruptedException {
    String path = apiPath(exchange.getRequestURI().toString());
    CloudRequest cloud = CloudRequest.of(path, body);
    ClientApi client = cloud == null ? client(exchange, path) : client(cloud);
    Operation operation =
        client == null
            ? null
            : cloud == null ? client.operation(exchange.getRequestMethod(), path) : chat(client);
    ParseResult reading =
        client == null || operation == null
            ? new ParseResult.Rejected("not_found", "path", null)
            : client.parse(
                operation,
                Objects.requireNonNullElse(operation.variables(path), Map.of()),
                cloud == null ? body : cloud.body());
    if (client == null || !(reading instanceof ParseResult.Read(RequestFacts facts))) {
      error(exchange, 400, "invalid_request");
    } else if (facts.operation().kind() == Operation.Kind.STORED) {
      send(exchange, 200, "application/json", FakeAnswers.stored(facts), false);
    } else if (facts.operation().kind() == Operation.Kind.COUNT) {
      send(exchange, 200, "application/json", client.tokenCount(facts.promptBytes() / 4), false);
    } else if (facts.stream()) {
      stream(exchange, client, facts, now, kind == Behaviour.Kind.CUT_STREAM, cloud);
    } else if (converse(cloud)) {
      send(exchange, 200, "application/json", CloudAnswers.converse(facts), false);
    } else {
      Bytes answer = FakeAnswers.json(facts, now.statesUsage());
      send(
          exchange,
          200,
          "application/json",
          said(written(client, facts), answer, true),
          now.gzip());
    }
  }

  /** Returns a path without what a provider has before its APIs, as in {@code /anthropic/v1}. */
  private static String apiPath(String path) {
    int version = path.indexOf("/v1");
    return version < 0 || path.startsWith("/v1/projects/") ? path : path.substring(version);
  }

  private static @Nullable ClientApi client(HttpExchange exchange, String path) {
    Headers headers = exchange.getRequestHeaders();
    return Dialects.client(
        exchange.getRequestMethod(),
        path,
        name -> Objects.requireNonNullElse(headers.getFirst(name), ""));
  }

  private ClientApi client(CloudRequest cloud) {
    return converse(cloud) ? dialect : Dialects.clientNamed("anthropic").orElseThrow();
  }

  private static boolean converse(@Nullable CloudRequest cloud) {
    return cloud != null && cloud.form() == CloudRequest.Form.CONVERSE;
  }

  private static boolean invoked(@Nullable CloudRequest cloud) {
    return cloud != null && cloud.form() == CloudRequest.Form.INVOKE;
  }

  private static Operation chat(ClientApi client) {
    return client.operations().stream()
        .filter(operation -> operation.kind() == Operation.Kind.CHAT)
        .findFirst()
        .orElseThrow();
  }

  /** Returns what writes the fake's answers, which are chats, in the API of a client. */
  private ResponseTransform written(ClientApi client, RequestFacts facts) {
    return Translation.between(
            client, Dialects.named(dialect.name()).orElseThrow().provider(), facts)
        .response(
            facts,
            new ResponseHead(200, facts.stream() ? "text/event-stream" : "application/json", ""),
            new ResponseContext(
                facts.stream(), facts.streamUsage() == null, "fake", 0, 1, ToolNames.NONE, ""),
            false,
            List.of());
  }

  private static Bytes said(ResponseTransform written, Bytes answer, boolean last) {
    Bytes other = written.apply(answer, last);
    return other == null ? answer : other;
  }

  private void stream(
      HttpExchange exchange,
      ClientApi client,
      RequestFacts facts,
      Behaviour now,
      boolean cut,
      @Nullable CloudRequest cloud)
      throws IOException, InterruptedException {
    boolean framed = cloud != null && cloud.form() != CloudRequest.Form.RAW_PREDICT;
    exchange
        .getResponseHeaders()
        .set(
            "content-type",
            framed ? "application/vnd.amazon.eventstream" : "text/event-stream; charset=utf-8");
    if (now.gzip()) {
      exchange.getResponseHeaders().set("content-encoding", "gzip");
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream out =
        now.gzip()
            ? new GZIPOutputStream(exchange.getResponseBody(), true)
            : exchange.getResponseBody();
    try (ResponseTransform written = written(client, facts)) {
      for (int i = 0; i < now.events(); i++) {
        Bytes event =
            converse(cloud)
                ? CloudAnswers.converseEvent(i)
                : said(written, FakeAnswers.event(facts, i), false);
        out.write((invoked(cloud) ? CloudAnswers.invoked(event) : event).toArray());
        out.flush();
        pause(now.between().toMillis());
      }
      if (cut) {
        throw aborted(exchange);
      }
      Bytes end =
          converse(cloud)
              ? CloudAnswers.converseEnd(facts, now.events())
              : said(written, FakeAnswers.end(facts, now.events(), now.statesUsage()), true);
      out.write((invoked(cloud) ? CloudAnswers.invoked(end) : end).toArray());
    }
    out.close();
  }

  /**
   * Thrown out of a handler it makes the server break the connection off, with no end of the body.
   */
  private static IllegalStateException aborted(HttpExchange exchange) {
    return new IllegalStateException(
        "fake provider breaks off " + exchange.getRequestURI().getPath());
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    send(exchange, status, "application/json", FakeAnswers.error(status, code), false);
  }

  private static void send(HttpExchange exchange, int status, String type, Bytes body, boolean gzip)
      throws IOException {
    byte[] bytes = gzip ? gzip(body) : body.toArray();
    exchange.getResponseHeaders().set("content-type", type);
    exchange.getResponseHeaders().set("x-request-id", "req_fake");
    if (gzip) {
      exchange.getResponseHeaders().set("content-encoding", "gzip");
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static byte[] gzip(Bytes body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body.array(), body.offset(), body.length());
    }
    return out.toByteArray();
  }

  private static void pause(long millis) throws InterruptedException {
    if (millis > 0) {
      Thread.sleep(millis);
    }
  }
}
