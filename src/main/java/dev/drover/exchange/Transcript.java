package dev.drover.exchange;

import dev.drover.dialect.ClientApi;
import dev.drover.dialect.ResponseHead;
import dev.drover.record.Content;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Copies what is said in an exchange, for its trace. One stream's. */
final class Transcript {
  /** What is copied of an answer at most; of one that is no stream, all or nothing. */
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

  /** What there is of the answer; of a stream whole events. */
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
