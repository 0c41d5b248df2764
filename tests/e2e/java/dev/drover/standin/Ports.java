package dev.drover.standin;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers of tests. */
public final class Ports {
  private Ports() {}

  /**
   * A port that nobody listens on, from below those that outgoing connections are given: none of
   * theirs can take it before it is bound.
   */
  public static int free() throws IOException {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException _) {
        continue;
      }
    }
    throw new IOException("no free port from 20000 to 32000");
  }
}
