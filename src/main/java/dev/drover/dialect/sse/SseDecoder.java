package dev.drover.dialect.sse;

import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Cuts a {@code text/event-stream} into events, wherever its chunks are cut (WHATWG HTML, 9.2.6).
 * Lines end with LF, CR or CRLF; comments and unknown fields are passed over; several {@code data}
 * lines are joined by LF.
 *
 * <p>Every byte fed comes out again exactly once, in order, as part of some {@link Sink} call's raw
 * bytes, so a caller may rewrite the stream by leaving events out. An event larger than the limit
 * is handed on raw and unread.
 *
 * <p>Confined to one exchange's callbacks; not thread-safe.
 */
public final class SseDecoder {
  /** A receiver of the events of a stream. Slices are valid during the call only. */
  public interface Sink {
    /**
     * Receives an event, with its terminating blank line.
     *
     * @param raw the bytes as they came
     * @param data the joined {@code data} fields; empty when the event has none (a comment, say)
     */
    void event(Bytes raw, Bytes data);

    /** Bytes of an event beyond the size limit, unread. */
    void oversized(Bytes raw);
  }

  private static final byte[] DATA = {'d', 'a', 't', 'a'};
  private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't', ':'};

  private final int maxEventBytes;
  private final Sink sink;
  private byte[] pending = new byte[0];
  private int pendingLength;
  private boolean lineEmpty = true;
  private boolean afterCr;
  private boolean oversized;
  private boolean started;

  /** The lines of the event that begin as data does. */
  private int dataLines;

  /**
   * @param maxEventBytes the largest event that is read, in bytes, over 0
   */
  public SseDecoder(int maxEventBytes, Sink sink) {
    this.maxEventBytes = maxEventBytes;
    this.sink = sink;
  }

  /** Takes the next bytes of the stream. */
  public void feed(Bytes chunk) {
    int from = 0;
    int i = 0;
    while (i < chunk.length()) {
      byte b = chunk.at(i++);
      if (b != '\n' && b != '\r') {
        if (lineEmpty && b == 'd') {
          if (dataLines == 1 && isWhole(chunk.slice(from, i - 1))) {
            complete(chunk.slice(from, i - 1));
            from = i - 1;
          }
          dataLines++;
        }
        afterCr = false;
        lineEmpty = false;
        i = LineEnds.next(chunk, i);
      } else if (b == '\n' && afterCr) {
        afterCr = false;
        if (lineEmpty && i == 1 && pendingLength == 0 && !oversized) {
          sink.event(chunk.slice(0, 1), Bytes.EMPTY); // the rest of the last event's delimiter
          from = 1;
        }
      } else {
        afterCr = b == '\r';
        if (lineEmpty) {
          if (afterCr && i < chunk.length() && chunk.at(i) == '\n') {
            afterCr = false;
            i++;
          }
          complete(chunk.slice(from, i));
          from = i;
        }
        lineEmpty = true;
      }
    }
    if (from < chunk.length()) {
      hold(chunk.slice(from, chunk.length()));
    }
  }

  /**
   * Returns whether what is held and the given tail are an event although no blank line follows:
   * some servers put one line feed between events. Its data is one line with a whole object.
   */
  private boolean isWhole(Bytes tail) {
    if (oversized || pendingLength + tail.length() == 0) {
      return false;
    }
    byte[] whole = Arrays.copyOf(pending, pendingLength + tail.length());
    System.arraycopy(tail.array(), tail.offset(), whole, pendingLength, tail.length());
    Bytes data = data(Bytes.of(whole), started);
    int last = data.length() - 1;
    boolean object = last > 0 && data.at(0) == '{' && data.at(last) == '}';
    for (int i = 0; i < last && object; i++) {
      object = data.at(i) != '\n'; // several lines make one object together
    }
    return object;
  }

  /**
   * Ends the stream: what is left counts as an event even without its blank line, as some providers
   * send it.
   */
  public void finish() {
    if (pendingLength > 0 || oversized) {
      complete(Bytes.EMPTY);
    }
  }

  private void hold(Bytes tail) {
    if (oversized || pendingLength + tail.length() > maxEventBytes) {
      oversized = true;
      flushPending();
      sink.oversized(tail);
      return;
    }
    if (pendingLength + tail.length() > pending.length) {
      pending =
          Arrays.copyOf(
              pending, Math.max(256, Integer.highestOneBit(pendingLength + tail.length()) * 2));
    }
    System.arraycopy(tail.array(), tail.offset(), pending, pendingLength, tail.length());
    pendingLength += tail.length();
  }

  private void complete(Bytes tail) {
    dataLines = 0;
    if (oversized) {
      oversized = false;
      if (!tail.isEmpty()) {
        sink.oversized(tail);
      }
      return;
    }
    if (pendingLength == 0) {
      emit(tail);
      return;
    }
    byte[] whole = Arrays.copyOf(pending, pendingLength + tail.length());
    System.arraycopy(tail.array(), tail.offset(), whole, pendingLength, tail.length());
    pendingLength = 0;
    emit(Bytes.of(whole));
  }

  private void emit(Bytes raw) {
    boolean first = !started;
    started = true;
    sink.event(raw, data(raw, !first));
  }

  private void flushPending() {
    if (pendingLength > 0) {
      sink.oversized(Bytes.of(Arrays.copyOf(pending, pendingLength)));
      pendingLength = 0;
    }
  }

  /** The joined data fields of one event; a slice of it when there is just one. */
  private static Bytes data(Bytes raw, boolean started) {
    Bytes only = Bytes.EMPTY;
    ByteArrayOutputStream joined = null;
    boolean found = false;
    int at = started ? 0 : byteOrderMark(raw);
    while (at < raw.length()) {
      int end = LineEnds.next(raw, at);
      if (isData(raw, at, end)) {
        Bytes value = value(raw, at + DATA.length, end);
        if (!found) {
          only = value;
          found = true;
        } else {
          joined =
              append(joined == null ? append(new ByteArrayOutputStream(), only) : joined, value);
        }
      }
      at = end + 1;
    }
    return joined == null ? only : Bytes.of(joined.toByteArray());
  }

  /** Returns whether an event, as it came, has the given name in its {@code event} field. */
  public static boolean isNamed(Bytes raw, String name) {
    int at = 0;
    while (at < raw.length()) {
      int end = LineEnds.next(raw, at);
      if (raw.at(at) == 'e' && raw.startsWith(EVENT, at) && isName(raw, at, end, name)) {
        return true;
      }
      at = end + 1;
    }
    return false;
  }

  private static boolean isName(Bytes raw, int from, int end, String name) {
    Bytes value = value(raw, from + EVENT.length - 1, end);
    boolean same = value.length() == name.length();
    for (int i = 0; i < name.length() && same; i++) {
      same = value.at(i) == name.charAt(i);
    }
    return same;
  }

  private static ByteArrayOutputStream append(ByteArrayOutputStream out, Bytes part) {
    if (out.size() > 0) {
      out.write('\n');
    }
    out.write(part.array(), part.offset(), part.length());
    return out;
  }

  private static boolean isData(Bytes raw, int from, int end) {
    int after = from + DATA.length;
    if (end < after || !raw.startsWith(DATA, from)) {
      return false;
    }
    return after == end || raw.at(after) == ':';
  }

  private static Bytes value(Bytes raw, int colon, int end) {
    int from = Math.min(colon + 1, end);
    return raw.slice(from < end && raw.at(from) == ' ' ? from + 1 : from, end);
  }

  private static int byteOrderMark(Bytes raw) {
    boolean mark =
        raw.length() >= 3
            && raw.at(0) == (byte) 0xEF
            && raw.at(1) == (byte) 0xBB
            && raw.at(2) == (byte) 0xBF;
    return mark ? 3 : 0;
  }
}
