package dev.drover.e2e;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests that no HTTP client library makes. */
final class RawGet {
  private RawGet() {}

  /** Asks for a WebSocket and returns the first line of the answer. */
  static String upgrade(String address, String path) throws IOException {
    int colon = address.lastIndexOf(':');
    try (Socket socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              """
              GET %s HTTP/1.1\r
              host: localhost\r
              connection: upgrade\r
              upgrade: websocket\r
              sec-websocket-version: 13\r
              sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r
              \r
              """
                  .formatted(path)
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] first = socket.getInputStream().readNBytes(12);
      return new String(first, StandardCharsets.US_ASCII);
    }
  }
}
