package dev.drover.tools.standin;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** An upstream that answers with bytes given by the test. */
final class RawUpstream implements AutoCloseable {
  /** Answers one request. */
  interface Answer {
    void write(RawHttp.Message request, OutputStream out) throws IOException, InterruptedException;
  }

  final BlockingQueue<RawHttp.Message> received = new LinkedBlockingQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ServerSocket server;
  volatile Answer answer = (_, out) -> write(out, ok("upstream"));

  RawUpstream() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  static String status(int status, String... headers) {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return "HTTP/1.1 " + status + " X\r\n" + more + "content-length: 0\r\n\r\n";
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      for (RawHttp.Message m = RawHttp.read(in, false); m != null; m = RawHttp.read(in, false)) {
        received.add(m);
        answer.write(m, socket.getOutputStream());
      }
    } catch (IOException e) {
      // the peer left, or the answer wants the connection broken
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
