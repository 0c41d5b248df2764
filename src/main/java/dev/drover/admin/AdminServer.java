package dev.drover.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.config.check.Addresses;
import dev.drover.types.Bytes;
import dev.drover.types.HostPort;
import dev.drover.types.HttpServers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The admin HTTP server: the console, pages to read, and a few changes for who has the token. Each
 * request runs on a virtual thread.
 */
public final class AdminServer implements AutoCloseable {
  /** Scripts, styles and data from here alone; in no other page's frame. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final HttpServer server;
  private final ExecutorService threads;
  private final boolean local;

  /** As it was when the port was bound, like the token itself. */
  private final boolean tokenConfigured;

  private final Assets assets = new Assets();
  private final AdminActions actions;
  private final ExplainAction explain;
  private final Pages pages;

  private AdminServer(HttpServer server, ExecutorService threads, AdminView view, boolean local) {
    this.local = local;
    this.tokenConfigured = view.config().get().server().adminToken() != null;
    this.server = server;
    this.threads = threads;
    this.actions = new AdminActions(view);
    this.explain = new ExplainAction(view.explain());
    this.pages = new Pages(view);
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
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer(exchange);
          }
        });
  }

  private void answer(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    String path = exchange.getRequestURI().getRawPath();
    String method = exchange.getRequestMethod();
    boolean reading = method.equals("GET") || method.equals("HEAD");
    String host = headers.getFirst("host");
    if (local && !ofThisMachine(host)) {
      send(
          exchange,
          Page.text(421, "host: not of this machine (expected: localhost or an address)\n"));
      return;
    }
    Assets.Asset asset = reading ? assets.at(path) : null;
    if (asset != null) {
      send(exchange, asset);
      return;
    }
    send(
        exchange,
        reading
            ? guarded(path, exchange)
            : !method.equals("POST")
                ? Page.text(405, "expected: GET or POST\n")
                : path.equals(ExplainAction.PATH)
                    ? explained(exchange)
                    : !AdminActions.owns(path)
                        ? Page.text(405, "expected: GET\n")
                        : actions.act(
                            path,
                            headers.getFirst("authorization"),
                            exchange.getRemoteAddress().getAddress().getHostAddress()));
  }

  /**
   * Returns whether the {@code host} header names this machine or is an address. A page from
   * elsewhere whose name was made to resolve to this machine sends that name.
   */
  private static boolean ofThisMachine(@Nullable String host) {
    String name = host == null ? "localhost" : host.replaceFirst(":[0-9]+$", "");
    return name.equalsIgnoreCase("localhost")
        || name.toLowerCase(Locale.ROOT).endsWith(".localhost")
        || name.startsWith("[")
        || name.matches("[0-9.]+");
  }

  /** Beyond this machine reading needs the token, if there is one; signs of life do not. */
  private Page guarded(String path, HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    boolean open = local || path.startsWith("/health/") || !tokenConfigured;
    Page denied = open ? null : actions.denied(headers.getFirst("authorization"));
    return denied == null
        ? pages.at(path, exchange.getRequestURI().getRawQuery(), headers.getFirst("accept"))
        : denied;
  }

  /** Needs the token as changes do: it tells how keys, budgets and limits stand. */
  private Page explained(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    Page denied = actions.denied(headers.getFirst("authorization"));
    String query = exchange.getRequestURI().getRawQuery();
    return denied == null
        ? explain.explain(query == null ? "" : query, headers, exchange.getRequestBody())
        : denied;
  }

  private static void send(HttpExchange exchange, Page page) throws IOException {
    send(exchange, page.status(), page.contentType(), Bytes.utf8(page.body()));
  }

  private static void send(HttpExchange exchange, Assets.Asset asset) throws IOException {
    String accepted = exchange.getRequestHeaders().getFirst("accept-encoding");
    boolean gzip = accepted != null && accepted.contains("gzip");
    if (gzip) {
      exchange.getResponseHeaders().set("content-encoding", "gzip");
    }
    exchange.getResponseHeaders().set("vary", "accept-encoding");
    send(exchange, 200, asset.contentType(), gzip ? asset.gzip() : asset.plain());
  }

  private static void send(HttpExchange exchange, int status, String type, Bytes body)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("content-type", type);
    headers.set("cache-control", "no-store");
    headers.set("content-security-policy", POLICY);
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-resource-policy", "same-origin");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length());
    if (!head) {
      exchange.getResponseBody().write(body.array(), body.offset(), body.length());
    }
  }
}
