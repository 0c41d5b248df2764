package dev.drover.dialect;

import java.util.Locale;

/**
 * The headers of an answer that decide how it is read.
 *
 * @param status the HTTP status
 * @param contentType the content-type header, or an empty string
 * @param contentEncoding the content-encoding header, or an empty string
 */
public record ResponseHead(int status, String contentType, String contentEncoding) {
  public boolean ok() {
    return status >= 200 && status < 300;
  }

  public boolean eventStream() {
    return contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
  }

  /** Returns whether the content type says that it is a stream of binary frames, as AWS has it. */
  public boolean eventFrames() {
    return contentType.toLowerCase(Locale.ROOT).startsWith("application/vnd.amazon.eventstream");
  }

  /** Returns whether the content type says that it is JSON, such as {@code application/json}. */
  public boolean json() {
    return contentType.toLowerCase(Locale.ROOT).contains("json");
  }

  public boolean gzip() {
    return contentEncoding.equalsIgnoreCase("gzip") || contentEncoding.equalsIgnoreCase("x-gzip");
  }

  /** Returns whether the bytes can be read, as they are or after gzip decoding. */
  public boolean readable() {
    return contentEncoding.isEmpty() || contentEncoding.equalsIgnoreCase("identity") || gzip();
  }
}
