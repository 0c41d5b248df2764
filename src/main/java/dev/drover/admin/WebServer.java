package dev.drover.admin;

import dev.drover.types.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server with bounds: of connections, of requests at once, of the size of headers, and of
 * the time that a silent client may take. HTTP/1.1 and HTTP/2, in plain text or TLS.
 */
final class WebServer implements AutoCloseable {
  /**
   * The bounds of a server.
   *
   * @param connections at once; further ones wait until others end
   * @param requests that are answered at once; further ones wait for a while, then get 503
   * @param idle the time after which a silent connection is closed
   * @param virtual whether requests run on virtual threads, which share the processors; else on
   *     threads of their own, which others cannot keep waiting
   */
  record Bounds(int connections, int requests, Duration idle, boolean virtual) {}

  private static final Logger log = LoggerFactory.getLogger(WebServer.class);
  private static final int MOST_THREADS = 8;
  private static final int HEADER_BYTES = 16 << 10;
  private static final int STREAMS = 16;
  private static final int EVENTS_PER_SECOND = 64;

  private final Server server;
  private final ServerConnector connector;
  private final ExecutorService threads;

  private WebServer(Server server, ServerConnector connector, ExecutorService threads) {
    this.server = server;
    this.connector = connector;
    this.threads = threads;
  }

  /**
   * Binds and serves.
   *
   * @param key the config key that names the address, for errors
   * @param tls null for plain text
   */
  static WebServer start(
      String key, String address, AdminListen.@Nullable Tls tls, Bounds bounds, Handler handler)
      throws IOException {
    HostPort at = HostPort.parse(address);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("drover-admin-", 0).factory());
    QueuedThreadPool pool = new QueuedThreadPool(MOST_THREADS, 2);
    pool.setName("drover-admin");
    pool.setDaemon(true);
    if (bounds.virtual()) {
      pool.setVirtualThreadsExecutor(threads);
    }
    Server server = new Server(pool);
    server.setStopAtShutdown(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, protocols(tls));
    connector.setHost(at.host());
    connector.setPort(at.port());
    connector.setIdleTimeout(bounds.idle().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(bounds.connections(), connector));
    QoSHandler busy = new QoSHandler(handler);
    busy.setMaxRequestCount(bounds.requests());
    busy.setMaxSuspend(bounds.idle());
    server.setHandler(busy);
    server.setErrorHandler(WebServer::plain);
    try {
      server.start();
    } catch (Exception e) { // whatever a part of it throws at its start
      threads.shutdownNow();
      throw new IOException(key + ": " + address + ": " + reason(e), e);
    }
    return new WebServer(server, connector, threads);
  }

  private static boolean plain(Request request, Response response, Callback callback) {
    if (request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof Throwable failure
        && response.getStatus() == HttpStatus.INTERNAL_SERVER_ERROR_500) {
      boolean read = request.getMethod().equals("GET"); // a body may be in the words of a failure
      log.error(
          "admin: {} {} failed with {}",
          request.getMethod(),
          request.getHttpURI().getPath(),
          failure.getClass().getName(),
          read ? failure : null);
    }
    response.getHeaders().put("content-type", "text/plain; charset=utf-8");
    Content.Sink.write(response, true, "status " + response.getStatus() + "\n", callback);
    return true;
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static ConnectionFactory[] protocols(AdminListen.@Nullable Tls tls) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    HttpConnectionFactory http1 = new HttpConnectionFactory(http);
    if (tls == null) {
      return new ConnectionFactory[] {http1, bounded(new HTTP2CServerConnectionFactory(http))};
    }
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(http1.getProtocol());
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setSslContext(tls.context());
    context.setNeedClientAuth(tls.clientCertificate());
    return new ConnectionFactory[] {
      new SslConnectionFactory(context, alpn.getProtocol()),
      alpn,
      bounded(new HTTP2ServerConnectionFactory(http)),
      http1
    };
  }

  private static ConnectionFactory bounded(AbstractHTTP2ServerConnectionFactory http2) {
    http2.setMaxConcurrentStreams(STREAMS);
    http2.setRateControlFactory(new WindowRateControl.Factory(EVENTS_PER_SECOND));
    return http2;
  }

  /** Returns {@code host:port} with the real port. */
  String address() {
    return HostPort.text(connector.getHost(), connector.getLocalPort());
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) { // it is over either way
      log.warn("admin: not stopped in order", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
