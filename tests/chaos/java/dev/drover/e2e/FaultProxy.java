package dev.drover.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy before a server, which delays, stalls, resets, refuses or garbles what the server
 * says. A fault holds for open connections too. Thread-safe.
 */
final class FaultProxy implements AutoCloseable {
  /** The faults. */
  enum Fault {
    NONE,
    /** Each piece of a reply is late by 300 ms. */
    SLOW,
    /** Nothing of a reply comes while the fault lasts. */
    STALLED,
    /** Connections are reset as soon as the server says something. */
    RESET,
    /** Connections are reset, and there are no new ones. */
    AWAY,
    /** Some bytes of a reply are others. */
    GARBLED
  }

  private static final int LATE_MILLIS = 300;

  private final ServerSocket server = new ServerSocket();
  private final int to;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Random random = new Random(7);
  private volatile Fault fault = Fault.NONE;

  /**
   * @param to the server's port on this machine
   */
  FaultProxy(int to) throws IOException {
    this.to = to;
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Behaves so from now on. */
  void fault(Fault next) {
    fault = next;
    if (next == Fault.AWAY) {
      open.forEach(FaultProxy::reset);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (fault == Fault.AWAY) {
          reset(client);
          continue;
        }
        Socket real = new Socket(InetAddress.getLoopbackAddress(), to);
        open.add(client);
        open.add(real);
        Thread.ofVirtual().start(() -> pump(client, real, false));
        Thread.ofVirtual().start(() -> pump(real, client, true));
      } catch (IOException _) {
        pause(); // closed, or the server is away
      }
    }
  }

  private void pump(Socket from, Socket into, boolean reply) {
    try (from;
        into) {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      byte[] piece = new byte[64 * 1024];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (reply && !passes(piece, n)) {
          reset(from);
          reset(into);
          return;
        }
        out.write(piece, 0, n);
        out.flush();
      }
    } catch (IOException _) {
      return; // one of both is gone; the other one is closed
    } finally {
      open.remove(from);
      open.remove(into);
    }
  }

  private boolean passes(byte[] piece, int length) {
    Fault now = fault;
    for (int waited = 0; waited < LATE_MILLIS && now == Fault.SLOW; waited += 10) {
      pause();
    }
    while (fault == Fault.STALLED && !server.isClosed()) {
      pause();
    }
    if (now == Fault.GARBLED) {
      for (int i = 0; i < 1 + length / 20; i++) {
        piece[random.nextInt(length)] = (byte) random.nextInt(256);
      }
    }
    return now != Fault.RESET && now != Fault.AWAY;
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException _) {
      return; // it was closed already
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(FaultProxy::reset);
  }
}
