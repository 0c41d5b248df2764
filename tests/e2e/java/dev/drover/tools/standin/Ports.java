package dev.drover.tools.standin;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for servers of tests. */
public final class Ports {
  private static final int EACH = 1_500;
  private static final int FORKS = 8;
  private static final int FIRST = 20_000 + EACH * (Integer.getInteger("test.fork", 0) % FORKS);
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(EACH));

  private Ports() {}

  /**
   * Returns a port that nobody listens on, from below those that outgoing connections are given:
   * none of theirs can take it before it is bound. Each test process takes from a range of its own,
   * one port after the other, so that none is given twice in a short while.
   */
  public static int free() throws IOException {
    for (int tries = 0; tries < EACH; tries++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), EACH);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException _) {
        // somebody listens on it, so the next is tried
      }
    }
    throw new IOException("no free port from %d to %d".formatted(FIRST, FIRST + EACH));
  }
}
