package dev.drover.e2e;

import dev.drover.tools.standin.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Redis behind a proxy that spoils the number in some replies to admissions. */
final class LyingRedis implements AutoCloseable {
  /** The reply of an admission: the word {@code in}, then numbers. */
  private static final Pattern ADMITTED = Pattern.compile("\\$2\r\nin\r\n\\$\\d+\r\n(\\d)");

  private final int port = Ports.free();
  private final int redis;
  private final ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> open = new ArrayList<>();
  private final AtomicInteger lies = new AtomicInteger();

  /**
   * @param redis the port of the real one
   */
  LyingRedis(int redis) throws IOException {
    this.redis = redis;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Spoils so many further admissions. */
  void lie(int times) {
    lies.set(times);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket real = new Socket(InetAddress.getLoopbackAddress(), redis);
        synchronized (open) {
          open.add(client);
          open.add(real);
        }
        Thread.ofVirtual().start(() -> pass(client, real, false));
        Thread.ofVirtual().start(() -> pass(real, client, true));
      }
    } catch (IOException _) {
      return; // it has been closed
    }
  }

  /** Replies to scripts are far smaller than a segment, so each comes in one piece. */
  private void pass(Socket from, Socket to, boolean replies) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (replies && lies.get() > 0) {
          String text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
          Matcher admitted = ADMITTED.matcher(text);
          if (admitted.find()) {
            buffer[admitted.start(1)] = 'x';
            lies.decrementAndGet();
          }
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException _) {
      return; // one of the two has left
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (open) {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
