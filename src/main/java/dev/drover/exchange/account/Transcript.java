package dev.drover.exchange.account;

import dev.drover.dialect.ClientApi;
import dev.drover.dialect.ResponseHead;
import dev.drover.record.Content;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Copies what is said in an exchange, for its trace. One stream's. */
public final class Transcript {
  /**
   * The limit of the copied response, in bytes. Of a longer stream the whole events within the
   * limit are kept; any other longer response is dropped.
   */
  private static final int MOST_BYTES = 1 << 18;

  /** Requests larger than this are not held for longer than they are needed. */
  private static final int LARGEST_REQUEST = 1 << 20;

  private final ClientApi client;
  private final Bytes request;
  private final ResponseHead head;
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private boolean full;

  Transcript(ClientApi client, Bytes request, ResponseHead head) {
    this.client = client;
    this.request = request.length() > LARGEST_REQUEST ? Bytes.EMPTY : request;
    this.head = head;
  }

  void add(Bytes part) {
    full |= copy.size() + part.length() > MOST_BYTES;
    if (!full && head.contentEncoding().isEmpty()) {
      copy.write(part.array(), part.offset(), part.length());
    }
  }

  Content content() {
    return new Content(client, request, answer(), head.eventStream());
  }

  /**
   * Returns the copied response. A stream that exceeds the limit is cut after its last whole event;
   * any other response that exceeds it is empty.
   */
  private Bytes answer() {
    byte[] bytes = copy.toByteArray();
    if (!full) {
      return Bytes.of(bytes);
    }
    int end = head.eventStream() ? bytes.length : 0;
    while (end > 0 && !blankLineBefore(bytes, end)) {
      end--;
    }
    return Bytes.of(Arrays.copyOf(bytes, end));
  }

  private static boolean blankLineBefore(byte[] bytes, int end) {
    boolean line = end > 1 && bytes[end - 1] == '\n';
    return line
        && (bytes[end - 2] == '\n'
            || (end > 2 && bytes[end - 2] == '\r' && bytes[end - 3] == '\n'));
  }
}
