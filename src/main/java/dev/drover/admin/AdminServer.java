package dev.drover.admin;

import dev.drover.config.check.Addresses;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The admin HTTP server: the console, pages to read, and a few changes for who has the token. Signs
 * of life can have a server of their own, which nothing else keeps busy.
 */
public final class AdminServer implements AutoCloseable {
  /** Scripts, styles and data from here alone; in no other page's frame. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final WebServer.Bounds BOUNDS =
      new WebServer.Bounds(64, 32, Duration.ofSeconds(10), true);
  private static final WebServer.Bounds HEALTH_BOUNDS =
      new WebServer.Bounds(512, 256, Duration.ofSeconds(30), false);
  static final String HEALTH = "/health/";

  private final WebServer server;
  private final @Nullable WebServer health;

  private AdminServer(WebServer server, @Nullable WebServer health) {
    this.server = server;
    this.health = health;
  }

  /** Binds and serves. */
  public static AdminServer start(AdminListen listen, AdminView view) throws IOException {
    Everything all = new Everything(view, listen);
    WebServer server = WebServer.start("server.admin", listen.address(), listen.tls(), BOUNDS, all);
    String apart = listen.health();
    if (apart == null) {
      return new AdminServer(server, null);
    }
    try {
      return new AdminServer(
          server,
          WebServer.start(
              "server.health", apart, null, HEALTH_BOUNDS, new SignsOfLife(new Pages(view))));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** {@code host:port} with the real port. */
  public String address() {
    return server.address();
  }

  /** {@code host:port} of the signs of life, which may be that of all. */
  public String healthAddress() {
    return health == null ? server.address() : health.address();
  }

  @Override
  public void close() {
    server.close();
    if (health != null) {
      health.close();
    }
  }

  /** Answers {@code /health/} and nothing else. */
  private static final class SignsOfLife extends Handler.Abstract {
    private final Pages pages;

    SignsOfLife(Pages pages) {
      this.pages = pages;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String path = request.getHttpURI().getCanonicalPath();
      boolean known = path != null && path.startsWith(HEALTH) && reading(request);
      send(
          request,
          response,
          known
              ? pages.at(path, null, request.getHeaders().get("accept"))
              : Page.text(404, "expected: GET /health/live, /health/ready or /health/startup\n"),
          callback);
      return true;
    }
  }

  /** Answers all that there is. */
  private static final class Everything extends Handler.Abstract {
    private final AdminListen listen;

    /** True when the pages are for this machine alone. */
    private final boolean local;

    /** True when there was a token as the port was bound. */
    private final boolean tokenConfigured;

    private final Assets assets = new Assets();
    private final FailedTries tries;
    private final AdminActions actions;
    private final ExplainAction explain;
    private final Pages pages;

    Everything(AdminView view, AdminListen listen) {
      this.listen = listen;
      this.local = listen.hereOnly() || Addresses.local(listen.address());
      this.tokenConfigured = view.config().get().server().adminToken() != null;
      this.tries = new FailedTries(view.ticker());
      this.actions = new AdminActions(view);
      this.explain = new ExplainAction(view.explain());
      this.pages = new Pages(view);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback)
        throws IOException {
      String path = request.getHttpURI().getPath();
      boolean reading = reading(request);
      if (listen.shut(path, Request.getRemoteAddr(request))) {
        send(
            request,
            response,
            Page.text(
                403,
                "server.admin_token: not set, so only this machine may read here (expected: a token)\n"),
            callback);
        return true;
      }
      boolean probe = listen.hereOnly() && path.startsWith(HEALTH);
      if (local && !probe && !ofThisMachine(request.getHeaders().get("host"))) {
        send(
            request,
            response,
            Page.text(421, "host: not of this machine (expected: localhost or an address)\n"),
            callback);
        return true;
      }
      Assets.Asset asset = reading ? assets.at(path) : null;
      if (asset != null) {
        send(request, response, asset, callback);
      } else {
        send(request, response, reading ? read(path, request) : changed(path, request), callback);
      }
      return true;
    }

    private Page changed(String path, Request request) throws IOException {
      if (!request.getMethod().equals("POST")) {
        return Page.text(405, "expected: GET or POST\n");
      }
      boolean explains = path.equals(ExplainAction.PATH);
      if (!explains && !AdminActions.owns(path)) {
        return Page.text(405, "expected: GET\n");
      }
      Page readOnly = explains ? null : actions.readOnly();
      Page denied = readOnly == null ? denied(request) : readOnly;
      if (denied != null) {
        return denied;
      }
      return explains
          ? explain.explain(query(request), own(request), Content.Source.asInputStream(request))
          : actions.act(path, Request.getRemoteAddr(request));
    }

    /** Beyond this machine reading needs the token, if there is one; signs of life do not. */
    private Page read(String path, Request request) {
      boolean open = local || path.startsWith(HEALTH) || !tokenConfigured;
      Page denied = open ? null : denied(request);
      return denied == null
          ? pages.at(path, request.getHttpURI().getQuery(), request.getHeaders().get("accept"))
          : denied;
    }

    private @Nullable Page denied(Request request) {
      String from = Request.getRemoteAddr(request);
      if (tries.tooMany(from)) {
        return Page.text(
            429, "authorization: too many wrong tokens from here (expected: a try in a minute)\n");
      }
      Page denied = actions.denied(request.getHeaders().get("authorization"));
      if (denied != null && denied.status() == 401) {
        tries.failed(from);
      }
      return denied;
    }

    private static String query(Request request) {
      String query = request.getHttpURI().getQuery();
      return query == null ? "" : query;
    }

    /** The headers of the call that are the explained request's own. */
    private static Map<String, String> own(Request request) {
      Map<String, String> own = new HashMap<>();
      for (HttpField field : request.getHeaders()) {
        String name = field.getName().toLowerCase(Locale.ROOT);
        if (name.startsWith("x-drover-") && field.getValue() != null) {
          own.putIfAbsent(name, field.getValue());
        }
      }
      return own;
    }
  }

  private static boolean reading(Request request) {
    return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
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

  private static void send(Request request, Response response, Page page, Callback callback) {
    send(request, response, page.status(), page.contentType(), Bytes.utf8(page.body()), callback);
  }

  private static void send(
      Request request, Response response, Assets.Asset asset, Callback callback) {
    String accepted = request.getHeaders().get("accept-encoding");
    boolean gzip = accepted != null && accepted.contains("gzip");
    if (gzip) {
      response.getHeaders().put("content-encoding", "gzip");
    }
    response.getHeaders().put("vary", "accept-encoding");
    send(
        request, response, 200, asset.contentType(), gzip ? asset.gzip() : asset.plain(), callback);
  }

  /** Writes an answer as fast as the client reads it, without a copy. */
  private static void send(
      Request request, Response response, int status, String type, Bytes body, Callback callback) {
    response.setStatus(status);
    var headers = response.getHeaders();
    headers.put("content-type", type);
    headers.put("content-length", Integer.toString(body.length()));
    headers.put("cache-control", "no-store");
    headers.put("content-security-policy", POLICY);
    headers.put("x-content-type-options", "nosniff");
    headers.put("referrer-policy", "no-referrer");
    headers.put("cross-origin-resource-policy", "same-origin");
    boolean head = request.getMethod().equals("HEAD");
    ByteBuffer content =
        head
            ? ByteBuffer.allocate(0)
            : ByteBuffer.wrap(body.array(), body.offset(), body.length()).asReadOnlyBuffer();
    response.write(true, content, callback);
  }
}
