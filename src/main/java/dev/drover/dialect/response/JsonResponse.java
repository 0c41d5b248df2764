package dev.drover.dialect.response;

import dev.drover.dialect.Fault;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Reads a response that is one JSON object. Keeps it until it is whole, up to a bound. */
final class JsonResponse implements ResponseReader {
  private static final int MAX_BYTES = 32 << 20;

  /** Longer text may be data of an image or a sound. */
  private static final int MOST_TEXT = 1 << 18;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final OutputScan output;
  private final boolean generates;
  private @Nullable LongJson tooLarge;
  private long seenBytes;
  private @Nullable ResponseFacts facts;

  /**
   * @param output finds the output in the response
   * @param generates whether the response has tokens of its own
   */
  JsonResponse(OutputScan output, boolean generates) {
    this.output = output;
    this.generates = generates;
  }

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    seenBytes += seenBytes == 0 ? chunk.length() - blanks(chunk) : chunk.length();
    if (last && held.size() == 0 && tooLarge == null) {
      scan(chunk);
      return null;
    }
    if (tooLarge == null && held.size() + chunk.length() > MAX_BYTES) {
      keepLess();
    }
    if (tooLarge == null) {
      held.write(chunk.array(), chunk.offset(), chunk.length());
    } else {
      tooLarge.add(chunk);
    }
    if (last) {
      if (tooLarge == null) {
        scan(Bytes.of(held.toByteArray()));
      } else {
        facts = tooLarge.facts();
      }
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
    ResponseScan scan = new ResponseScan(output, generates);
    Bytes json = withoutMark(whole);
    boolean read = scan.read(json);
    // An error page is no text that may be billed; damaged JSON may be an answer
    boolean unseen = !read && (startsWith(json, '{') || startsWith(json, '['));
    Fault fault =
        read ? scan.fault() : seenBytes > 0 ? Fault.MALFORMED_RESPONSE : Fault.EMPTY_RESPONSE;
    facts =
        new ResponseFacts(
            scan.usage(),
            0,
            unseen ? -1 : scan.outputBytes(),
            scan.finishReason(),
            scan.ends(),
            fault);
  }

  private static boolean startsWith(Bytes json, char first) {
    int at = blanks(json);
    return at < json.length() && json.at(at) == first;
  }

  private static Bytes withoutMark(Bytes whole) {
    return whole.startsWith(BYTE_ORDER_MARK, 0)
        ? whole.slice(BYTE_ORDER_MARK.length, whole.length())
        : whole;
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    if (facts != null) {
      return facts;
    }
    long text = seenBytes > MOST_TEXT ? -1 : seenBytes;
    return new ResponseFacts(null, 0, text, null, 0, Fault.UNFINISHED_RESPONSE);
  }

  @Override
  public long heldBytes() {
    return held.size();
  }

  /** Only the beginning and the end are kept from now on. */
  @Override
  public void keepLess() {
    if (tooLarge == null && facts == null) {
      tooLarge = new LongJson(generates);
      tooLarge.add(Bytes.of(held.toByteArray()));
      held = new ByteArrayOutputStream(0); // a reset one would keep its array
    }
  }

  @Override
  public void close() {
    held = new ByteArrayOutputStream(0);
  }
}
