package dev.drover.types;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes the JDK's HTTP servers. */
public final class HttpServers {
  static {
    // headers and body are written apart: without this the body waits for a delayed ACK, 40 ms
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // 200 unless told: more clients at once would find their connections closed under their hands
    System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
    // seconds for a whole request to come; there is no limit unless told
    System.setProperty("sun.net.httpserver.maxReqTime", "20");
  }

  private HttpServers() {}

  /**
   * Binds a server.
   *
   * @param backlog connections that may wait; 0: the system's default
   */
  public static HttpServer create(InetSocketAddress address, int backlog) throws IOException {
    return HttpServer.create(address, backlog);
  }

  /** Binds a server for TLS. */
  public static HttpsServer createSecure(InetSocketAddress address, int backlog)
      throws IOException {
    return HttpsServer.create(address, backlog);
  }
}
