package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes {@code content-encoding: gzip} (RFC 1952) as its bytes come in, of all members. Decoding
 * stops for good at the first malformed byte or when the output outgrows the limit; {@link #failed}
 * then tells.
 *
 * <p>Confined to one exchange's callbacks; {@link #close} frees the native decoder.
 */
final class GunzipStream implements AutoCloseable {
  private static final int FIXED_HEADER = 10;
  private static final int TRAILER = 8;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int HEADER_CRC = 2;

  /** The bytes of one decoded piece. */
  static final int PIECE = 1 << 16;

  private static final int MIN_PIECE = 1 << 10;

  /** The longest header of a member; real ones have a file name at most. */
  private static final int MOST_OF_HEADER = 1 << 16;

  /** Text and JSON become 3 to 30 times as large, hardly ever 100 times. */
  private static final int MOST_RATIO = 200;

  /** Decoded bytes up to which the ratio does not matter. */
  private static final long ANY_RATIO = 1 << 20;

  private final Inflater inflater = new Inflater(true);
  private final ByteArrayOutputStream header = new ByteArrayOutputStream();
  private final long maxOutputBytes;
  private long inputBytes;
  private long outputBytes;
  private boolean inBody;
  private int inTrailer;
  private boolean another;
  private boolean over;
  private boolean failed;

  /**
   * @param maxOutputBytes decoded bytes after which decoding gives up, against compression bombs
   */
  GunzipStream(long maxOutputBytes) {
    this.maxOutputBytes = maxOutputBytes;
  }

  /**
   * Gives the decoded bytes that {@code chunk} yields, in pieces of {@value #PIECE} bytes at most;
   * none after a failure.
   */
  void feed(Bytes chunk, Consumer<Bytes> out) {
    inputBytes += chunk.length();
    Bytes rest = chunk;
    while (!rest.isEmpty() && !failed && !over) {
      if (inTrailer > 0) {
        int skipped = Math.min(inTrailer, rest.length());
        inTrailer -= skipped;
        rest = rest.slice(skipped, rest.length());
      } else if (inBody) {
        inflate(rest, out);
        rest = rest.slice(rest.length() - inflater.getRemaining(), rest.length());
        nextMember();
      } else {
        rest = afterHeader(rest);
      }
    }
  }

  private void nextMember() {
    if (inflater.finished()) {
      inflater.reset();
      inBody = false;
      inTrailer = TRAILER;
      another = true;
    }
  }

  /**
   * Returns the bytes that follow the header of a member. Returns no bytes while the header is
   * incomplete, when it is malformed, and for padding after the last member.
   */
  private Bytes afterHeader(Bytes more) {
    header.write(more.array(), more.offset(), more.length());
    Bytes all = Bytes.of(header.toByteArray());
    over = another && all.at(0) != 0x1F; // what pads the end is nobody's
    int size = over ? -1 : headerSize(all);
    if (size < 0) {
      failed |= !over && header.size() > MOST_OF_HEADER; // a name without an end
      return Bytes.EMPTY;
    }
    inBody = true;
    header.reset();
    return all.slice(size, all.length());
  }

  /**
   * Returns whether the input was not gzip, was damaged, or decoded to more bytes than the limit.
   */
  boolean failed() {
    return failed;
  }

  @Override
  public void close() {
    inflater.end();
  }

  private void inflate(Bytes chunk, Consumer<Bytes> out) {
    inflater.setInput(chunk.array(), chunk.offset(), chunk.length());
    try {
      int n;
      do {
        byte[] piece = new byte[Math.min(PIECE, Math.max(MIN_PIECE, inflater.getRemaining() * 4))];
        n = inflater.inflate(piece);
        outputBytes += n;
        failed = inflater.needsDictionary() || tooLarge();
        if (n > 0 && !failed) {
          out.accept(Bytes.of(piece).slice(0, n));
        }
      } while (n > 0 && !failed);
    } catch (DataFormatException e) {
      failed = true;
    }
  }

  private boolean tooLarge() {
    return outputBytes > maxOutputBytes
        || (outputBytes > ANY_RATIO && outputBytes / MOST_RATIO > inputBytes);
  }

  /** The length of the member's header, or -1 while it is incomplete. */
  private int headerSize(Bytes in) {
    if (in.length() < FIXED_HEADER) {
      return -1;
    }
    if (in.at(0) != 0x1F || in.at(1) != (byte) 0x8B || in.at(2) != 8) {
      failed = true;
      return -1;
    }
    int flags = in.at(3);
    int at = FIXED_HEADER;
    if ((flags & EXTRA) != 0) {
      if (in.length() < at + 2) {
        return -1;
      }
      at += 2 + (in.at(at) & 0xFF) + ((in.at(at + 1) & 0xFF) << 8);
    }
    at = (flags & NAME) != 0 ? afterZero(in, at) : at;
    at = (flags & COMMENT) != 0 ? afterZero(in, at) : at;
    at += (flags & HEADER_CRC) != 0 ? 2 : 0;
    return at > in.length() ? -1 : at;
  }

  private static int afterZero(Bytes in, int from) {
    for (int i = from; i < in.length(); i++) {
      if (in.at(i) == 0) {
        return i + 1;
      }
    }
    return in.length() + 1;
  }
}
