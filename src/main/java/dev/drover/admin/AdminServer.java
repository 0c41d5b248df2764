package dev.drover.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.config.ConfigDump;
import dev.drover.config.Problem;
import dev.drover.config.Yaml;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The admin HTTP server. Reads only; each request runs on a virtual thread. */
public final class AdminServer implements AutoCloseable {
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain; charset=utf-8";

  private record Page(int status, String contentType, String body) {}

  private final HttpServer server;
  private final ExecutorService threads;
  private final AdminView view;

  private AdminServer(HttpServer server, ExecutorService threads, AdminView view) {
    this.server = server;
    this.threads = threads;
    this.view = view;
  }

  /**
   * Binds and serves.
   *
   * @param address {@code host:port}
   */
  public static AdminServer start(String address, AdminView view) throws IOException {
    HostPort at = HostPort.parse(address);
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(at.host(), at.port()), 0);
    } catch (IOException e) {
      throw new IOException("server.admin: " + address + ": " + e.getMessage(), e);
    }
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("drover-admin-", 0).factory());
    AdminServer admin = new AdminServer(server, threads, view);
    admin.routes();
    server.setExecutor(threads);
    server.start();
    return admin;
  }

  /** {@code host:port} with the real port. */
  public String address() {
    InetSocketAddress bound = server.getAddress();
    return HostPort.text(bound.getAddress().getHostAddress(), bound.getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void routes() {
    route("/health/live", () -> new Page(200, TEXT, "live\n"));
    route("/health/startup", () -> new Page(200, TEXT, "started\n"));
    route("/health/ready", this::ready);
    route(
        "/metrics",
        () -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", view.metrics().get()));
    route("/config", () -> new Page(200, JSON, Yaml.writeJson(config()) + "\n"));
    route("/targets", () -> new Page(200, JSON, Yaml.writeJson(TargetsPage.of(view)) + "\n"));
    route(
        "/",
        () ->
            new Page(
                404,
                TEXT,
                "expected: /health/live, /health/ready, /health/startup, /metrics, /config, /targets\n"));
  }

  private Page ready() {
    return view.ready().getAsBoolean()
        ? new Page(200, TEXT, "ready\n")
        : new Page(503, TEXT, "draining\n");
  }

  private Map<String, Object> config() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("ruleset_version", view.version().getAsInt());
    page.put("file_problems", view.problems().get().stream().map(Problem::toString).toList());
    page.put("config", ConfigDump.of(view.config().get()));
    return page;
  }

  private void route(String path, Supplier<Page> page) {
    server.createContext(
        path,
        exchange -> {
          boolean exact = path.equals("/") || exchange.getRequestURI().getPath().equals(path);
          boolean reads =
              exchange.getRequestMethod().equals("GET")
                  || exchange.getRequestMethod().equals("HEAD");
          Page answer =
              !exact
                  ? new Page(404, TEXT, "not found\n")
                  : reads ? page.get() : new Page(405, TEXT, "expected: GET\n");
          send(exchange, answer);
        });
  }

  private static void send(HttpExchange exchange, Page page) throws IOException {
    try (exchange) {
      byte[] body = page.body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", page.contentType);
      exchange.getResponseHeaders().set("cache-control", "no-store");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(page.status, head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }
}
