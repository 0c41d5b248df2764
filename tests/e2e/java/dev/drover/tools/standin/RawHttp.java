package dev.drover.tools.standin;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 by hand, so that tests see framing and trailers as they are on the wire. */
final class RawHttp {
  /**
   * A message as it came.
   *
   * @param start request line or status line
   * @param complete whether its end came, rather than the end of the connection
   */
  record Message(
      String start,
      Map<String, String> headers,
      String body,
      Map<String, String> trailers,
      boolean complete) {
    int status() {
      return Integer.parseInt(start.split(" ", -1)[1]);
    }

    String path() {
      return start.split(" ", -1)[1];
    }

    String method() {
      return start.split(" ", -1)[0];
    }
  }

  private RawHttp() {}

  /** A body in chunks, with its end. */
  static String chunked(String... chunks) {
    return chunks(chunks) + "0\r\n\r\n";
  }

  /** Chunks without an end. */
  static String chunks(String... chunks) {
    StringBuilder out = new StringBuilder();
    for (String chunk : chunks) {
      out.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
    }
    return out.toString();
  }

  /** Reads one message; null when the connection ended before it began. */
  static @Nullable Message read(InputStream raw, boolean response) throws IOException {
    InputStream in = raw instanceof BufferedInputStream ? raw : new BufferedInputStream(raw);
    String start = line(in);
    if (start == null) {
      return null;
    }
    Map<String, String> headers = headers(in);
    Map<String, String> trailers = new TreeMap<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean complete = true;
    try {
      if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
        for (int size = size(in); size > 0; size = size(in)) {
          body.write(exactly(in, size, body));
          line(in);
        }
        trailers.putAll(headers(in));
      } else if (headers.containsKey("content-length")) {
        body.write(exactly(in, Integer.parseInt(headers.get("content-length")), body));
      } else if (response && !start.contains(" 204 ")) {
        in.transferTo(body);
      }
    } catch (EOFException e) {
      complete = false;
    }
    return new Message(start, headers, body.toString(StandardCharsets.UTF_8), trailers, complete);
  }

  private static int size(InputStream in) throws IOException {
    String line = line(in);
    if (line == null) {
      throw new EOFException();
    }
    return Integer.parseInt(line.strip(), 16);
  }

  private static byte[] exactly(InputStream in, int size, ByteArrayOutputStream soFar)
      throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      soFar.write(bytes);
      throw new EOFException();
    }
    return bytes;
  }

  private static Map<String, String> headers(InputStream in) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + "," + b);
    }
    return headers;
  }

  private static @Nullable String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
  }
}
