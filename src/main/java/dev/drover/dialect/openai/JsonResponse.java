package dev.drover.dialect.openai;

import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads an answer that is one JSON object. Keeps it until it is whole, up to a bound. */
final class JsonResponse implements ResponseReader {
  private static final int MAX_BYTES = 32 << 20;

  /**
   * The prefixes of bodies that may hold generated text, although they are not one JSON object. A
   * stream under another content type is one of them.
   */
  private static final List<byte[]> ANSWERS =
      Stream.of("{", "[", "\uFEFF", "data:", "event:", ":")
          .map(start -> start.getBytes(StandardCharsets.UTF_8))
          .toList();

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final boolean generates;
  private boolean tooLarge;
  private long seenBytes;
  private @Nullable ResponseFacts facts;

  /**
   * @param generates whether the answer has tokens of its own
   */
  JsonResponse(boolean generates) {
    this.generates = generates;
  }

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    seenBytes += seenBytes == 0 ? chunk.length() - blanks(chunk) : chunk.length();
    if (last && held.size() == 0 && !tooLarge) {
      scan(chunk);
      return null;
    }
    if (held.size() + chunk.length() > MAX_BYTES) {
      tooLarge = true;
      held.reset();
    }
    if (!tooLarge) {
      held.write(chunk.array(), chunk.offset(), chunk.length());
    }
    if (last && !tooLarge) {
      scan(Bytes.of(held.toByteArray()));
    }
    return null;
  }

  /** Some providers keep a connection alive with empty lines before the answer. */
  private static int blanks(Bytes chunk) {
    int i = 0;
    while (i < chunk.length() && chunk.at(i) <= ' ' && chunk.at(i) >= 0) {
      i++;
    }
    return i;
  }

  private void scan(Bytes whole) {
    ResponseScan scan = new ResponseScan(generates);
    boolean object = scan.read(whole);
    boolean unread = !object && ANSWERS.stream().anyMatch(start -> whole.startsWith(start, 0));
    facts =
        new ResponseFacts(
            scan.usage(),
            unread ? -1 : scan.outputBytes(),
            scan.finishReason(),
            scan.ends(),
            object && !scan.isError());
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return facts != null ? facts : new ResponseFacts(null, seenBytes, null, 0, tooLarge);
  }

  @Override
  public void close() {
    held.reset();
  }
}
