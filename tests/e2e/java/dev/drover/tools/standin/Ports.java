package dev.drover.tools.standin;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers of tests. */
public final class Ports {
  private Ports() {}

  private static final int FIRST = 20_000;
  private static final int EACH = 1_500;
  private static final int FORKS = 8;

  /**
   * Returns a port that nobody listens on, from below those that outgoing connections are given:
   * none of theirs can take it before it is bound. Each test process takes from a range of its own.
   */
  public static int free() throws IOException {
    int first = FIRST + EACH * (Integer.getInteger("test.fork", 0) % FORKS);
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(first, first + EACH);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException _) {
        continue;
      }
    }
    throw new IOException("no free port from %d to %d".formatted(first, first + EACH));
  }
}
