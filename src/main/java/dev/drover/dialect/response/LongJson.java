package dev.drover.dialect.response;

import dev.drover.dialect.ResponseFacts;
import dev.drover.json.JsonScanner;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage of a response object that is too long to be kept: it stands near the beginning or
 * near the end. Keeps at most {@value #KEPT} bytes of each. Confined to one thread.
 */
final class LongJson {
  private static final int KEPT = 1 << 16;
  private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);

  private final boolean generates;
  private final byte[] head = new byte[KEPT];
  private byte[] tail = new byte[2 * KEPT];
  private int headLength;
  private int tailLength;

  /**
   * @param generates whether the response has tokens of its own
   */
  LongJson(boolean generates) {
    this.generates = generates;
  }

  void add(Bytes part) {
    int first = Math.min(part.length(), KEPT - headLength);
    System.arraycopy(part.array(), part.offset(), head, headLength, first);
    headLength += first;
    Bytes rest = part.slice(first, part.length());
    if (rest.length() >= KEPT) {
      tailLength = 0;
      rest = rest.slice(rest.length() - KEPT, rest.length());
    } else if (tailLength + rest.length() > tail.length) {
      System.arraycopy(tail, tailLength - KEPT, tail, 0, KEPT);
      tailLength = KEPT;
    }
    System.arraycopy(rest.array(), rest.offset(), tail, tailLength, rest.length());
    tailLength += rest.length();
  }

  /** Returns what can be told of a whole response: its text counts as not seen. */
  ResponseFacts facts() {
    UsageObject found = usage();
    Usage usage = found == null ? null : found.usage(generates);
    return new ResponseFacts(usage, 0, -1, null, 0, null);
  }

  /** Returns the last usage that is stated near the end, else near the beginning; null for none. */
  @Nullable UsageObject usage() {
    UsageObject last = last(tail, tailLength);
    return last != null ? last : last(head, headLength);
  }

  private @Nullable UsageObject last(byte[] part, int length) {
    for (int at = length - USAGE.length; at >= 0; at--) {
      if (part[at] == '"' && Bytes.of(part).startsWith(USAGE, at)) {
        UsageObject read = read(Bytes.of(part).slice(at + USAGE.length, length));
        if (read != null && read.stated(generates)) {
          return read;
        }
      }
    }
    return null;
  }

  private static @Nullable UsageObject read(Bytes afterKey) {
    int at = 0;
    while (at < afterKey.length() && (afterKey.at(at) <= ' ' || afterKey.at(at) == ':')) {
      at++;
    }
    try {
      return at < afterKey.length() && afterKey.at(at) == '{'
          ? UsageObject.read(
              new JsonScanner(afterKey.slice(at, afterKey.length()), Limits.RESPONSES))
          : null;
    } catch (MalformedJson _) {
      return null;
    }
  }
}
