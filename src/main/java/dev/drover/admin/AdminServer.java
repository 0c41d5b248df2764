package dev.drover.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.config.Addresses;
import dev.drover.config.ConfigDump;
import dev.drover.config.Problem;
import dev.drover.config.Yaml;
import dev.drover.ledger.LedgerStatus;
import dev.drover.types.HostPort;
import dev.drover.types.HttpServers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The admin HTTP server: pages to read, and a few changes for who has the token. Each request runs
 * on a virtual thread.
 */
public final class AdminServer implements AutoCloseable {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPENMETRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads;
  private final AdminView view;
  private final boolean local;

  private AdminServer(HttpServer server, ExecutorService threads, AdminView view, boolean local) {
    this.local = local;
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
      server = HttpServers.create(new InetSocketAddress(at.host(), at.port()), 0);
    } catch (IOException e) {
      throw new IOException("server.admin: " + address + ": " + e.getMessage(), e);
    }
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("drover-admin-", 0).factory());
    AdminServer admin = new AdminServer(server, threads, view, Addresses.local(address));
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
    AdminActions actions = new AdminActions(view);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getRawPath();
          send(
              exchange,
              switch (exchange.getRequestMethod()) {
                case "GET", "HEAD" -> guarded(path, exchange, actions);
                case "POST" ->
                    !AdminActions.owns(path)
                        ? Page.text(405, "expected: GET\n")
                        : actions.act(path, exchange.getRequestHeaders().getFirst("authorization"));
                default -> Page.text(405, "expected: GET or POST\n");
              });
        });
  }

  /** Beyond this machine reading needs the token, if there is one; signs of life do not. */
  private Page guarded(String path, HttpExchange exchange, AdminActions actions) {
    boolean open =
        local || path.startsWith("/health/") || view.config().get().server().adminToken() == null;
    Page denied =
        open ? null : actions.denied(exchange.getRequestHeaders().getFirst("authorization"));
    return denied == null ? page(path, exchange) : denied;
  }

  private Page page(String path, HttpExchange exchange) {
    return switch (path) {
      case "/health/live" -> Page.text(200, "live\n");
      case "/health/startup" -> Page.text(200, "started\n");
      case "/health/ready" -> ready();
      case "/metrics" -> metrics(exchange.getRequestHeaders().getFirst("accept"));
      case "/config" -> json(config());
      case "/targets" -> json(TargetsPage.of(view));
      case "/models" -> json(models());
      case "/budgets" -> json(BudgetsPage.of(view.memory().desk()));
      case "/ledger" -> json(ledger(view.ledger().get()));
      case "/alerts" -> json(view.alerts().get());
      case "/rollouts" -> json(RolloutsPage.of(view.memory().rollouts()));
      default ->
          Page.text(
              404,
              "expected: /health/live, /health/ready, /health/startup, /metrics, /config, /targets, /models, /rollouts, /budgets, /ledger, /alerts\n");
    };
  }

  /** In OpenMetrics' format for who asks for it, which is the one with exemplars. */
  private Page metrics(@Nullable String accept) {
    String type =
        accept != null && accept.contains("application/openmetrics-text")
            ? OPENMETRICS
            : PROMETHEUS;
    return new Page(200, type, view.metrics().apply(type));
  }

  private static Page json(Map<String, Object> tree) {
    return Page.json(Yaml.writeJson(tree) + "\n");
  }

  private Page ready() {
    return view.ready().getAsBoolean() ? Page.text(200, "ready\n") : Page.text(503, "draining\n");
  }

  /** What was learned of each model's answers. */
  private Map<String, Object> models() {
    Map<String, Object> page = new LinkedHashMap<>();
    for (String model : view.models().get()) {
      page.put(model, Map.of("output_tokens", view.memory().health().outputTokens(model)));
    }
    return page;
  }

  private static Map<String, Object> ledger(LedgerStatus status) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("recorded", status.recorded());
    page.put("waiting", status.waiting());
    page.put("spooled", status.spooled());
    page.put("spool_bytes", status.spoolBytes());
    page.put("lost", status.lost());
    page.put("lag_seconds", TimeUnit.NANOSECONDS.toMillis(status.lagNanos()) / 1000.0);
    page.put("problem", status.problem());
    return page;
  }

  private Map<String, Object> config() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("ruleset_version", view.version().getAsInt());
    page.put("file_problems", view.problems().get().stream().map(Problem::toString).toList());
    page.put("config", ConfigDump.of(view.config().get()));
    return page;
  }

  private static void send(HttpExchange exchange, Page page) throws IOException {
    try (exchange) {
      byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", page.contentType());
      exchange.getResponseHeaders().set("cache-control", "no-store");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(page.status(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }
}
