package dev.drover.dialect.eventstream;

import dev.drover.types.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Cuts an event stream of AWS ({@code application/vnd.amazon.eventstream}) into frames, wherever
 * its chunks are cut. A frame is two lengths and their checksum, headers, a payload, and a checksum
 * of all before it. Confined to one exchange's callbacks.
 */
public final class FrameDecoder {
  /** A receiver of frames. */
  public interface Sink {
    /**
     * Receives a frame.
     *
     * @param headers those whose values are texts, by name
     */
    void frame(Map<String, String> headers, Bytes payload);

    /** Receives nothing any more: the bytes are no frames, or one is too long. */
    void damaged();
  }

  private static final int PRELUDE = 12;
  private static final int LEAST = PRELUDE + Integer.BYTES;
  private static final int TEXT = 7;

  /** The bytes of values by the number of their type; negative: the length stands before them. */
  private static final int[] SIZES = {0, 0, 1, 2, 4, 8, -1, -1, 8, 16};

  private final int maxFrameBytes;
  private final Sink sink;
  private byte[] held = new byte[0];
  private int length;
  private boolean damaged;

  /**
   * @param maxFrameBytes the largest frame that is read, in bytes
   */
  public FrameDecoder(int maxFrameBytes, Sink sink) {
    this.maxFrameBytes = maxFrameBytes;
    this.sink = sink;
  }

  /** Takes the next bytes of the stream. */
  public void feed(Bytes chunk) {
    if (damaged) {
      return;
    }
    if (length + chunk.length() > held.length) {
      held = Arrays.copyOf(held, Math.max(1024, 2 * (length + chunk.length())));
    }
    System.arraycopy(chunk.array(), chunk.offset(), held, length, chunk.length());
    length += chunk.length();
    int at = 0;
    while (!damaged && length - at >= PRELUDE) {
      int size = size(at);
      if (damaged || length - at < size) {
        break;
      }
      frame(at, size);
      at += size;
    }
    if (!damaged) {
      System.arraycopy(held, at, held, 0, length - at);
      length -= at;
    }
  }

  /** Ends the stream; a part of a frame that is left is damage. */
  public void finish() {
    if (length > 0) {
      fail();
    }
  }

  private int size(int at) {
    ByteBuffer prelude = ByteBuffer.wrap(held, at, PRELUDE);
    int size = prelude.getInt();
    int headers = prelude.getInt();
    boolean sound =
        size >= LEAST
            && size <= maxFrameBytes
            && headers >= 0
            && headers <= size - LEAST
            && prelude.getInt() == sum(at, PRELUDE - Integer.BYTES);
    if (!sound) {
      fail();
    }
    return size;
  }

  private int sum(int from, int count) {
    CRC32 sum = new CRC32();
    sum.update(held, from, count);
    return (int) sum.getValue();
  }

  private void frame(int at, int size) {
    int end = at + size - Integer.BYTES;
    if (ByteBuffer.wrap(held, end, Integer.BYTES).getInt() != sum(at, size - Integer.BYTES)) {
      fail();
      return;
    }
    int headerBytes = ByteBuffer.wrap(held, at + Integer.BYTES, Integer.BYTES).getInt();
    int from = at + PRELUDE;
    Map<String, String> headers = headers(from, from + headerBytes);
    if (!damaged) {
      sink.frame(headers, Bytes.of(Arrays.copyOfRange(held, from + headerBytes, end)));
    }
  }

  private Map<String, String> headers(int from, int end) {
    Map<String, String> headers = new HashMap<>();
    int at = from;
    while (at < end && !damaged) {
      int nameLength = held[at] & 0xFF;
      int type = at + 1 + nameLength < end ? held[at + 1 + nameLength] : -1;
      if (type < 0 || type >= SIZES.length) {
        fail();
        return headers;
      }
      int value = at + 2 + nameLength;
      int size = SIZES[type];
      if (size < 0) {
        size = value + 2 <= end ? ((held[value] & 0xFF) << 8) | (held[value + 1] & 0xFF) : end;
        value += 2;
      }
      if (value + size > end) {
        fail();
        return headers;
      }
      if (type == TEXT) {
        headers.put(text(at + 1, nameLength), text(value, size));
      }
      at = value + size;
    }
    return headers;
  }

  private String text(int from, int count) {
    return new Bytes(held, from, count).text();
  }

  private void fail() {
    if (!damaged) {
      damaged = true;
      held = new byte[0];
      length = 0;
      sink.damaged();
    }
  }
}
