package dev.drover.exchange;

import dev.drover.dialect.AnswerHead;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;

/** Copies what is said in an exchange, for its trace. One stream's. */
final class Transcript {
  /** What is copied of an answer at most; of one that is no stream, all or nothing. */
  private static final int MOST_BYTES = 1 << 18;

  private final Call call;
  private final Bytes request;
  private final AnswerHead head;
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private boolean full;

  Transcript(Call call, Bytes request, AnswerHead head) {
    this.call = call;
    this.request = request;
    this.head = head;
  }

  void add(Bytes part) {
    full |= copy.size() + part.length() > MOST_BYTES;
    if (!full && head.contentEncoding().isEmpty()) {
      copy.write(part.array(), part.offset(), part.length());
    }
  }

  Content content() {
    boolean usable = head.eventStream() || !full;
    return new Content(
        call.endpoint().operation(),
        request,
        usable ? Bytes.of(copy.toByteArray()) : Bytes.EMPTY,
        head.eventStream());
  }
}
