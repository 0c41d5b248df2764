package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.List;

/**
 * Reads the words of a request without reading all of a long one. What is cut in the middle of a
 * character or an escape loses that one.
 */
public final class TextSample {
  private TextSample() {}

  /**
   * The first and the last bytes of some texts, unescaped, the texts apart by line breaks.
   *
   * @param spans of JSON strings in {@code body}, with their quotes
   * @param most bytes taken from the start at most, and as many from the end
   */
  public static String of(Bytes body, List<Span> spans, int most) {
    int total = 0;
    for (Span span : spans) {
      total += length(span);
    }
    StringBuilder out = new StringBuilder(Math.min(total, 2 * most) + spans.size() + 1);
    int at = 0;
    for (Span span : spans) {
      int from = at;
      at += length(span);
      boolean whole = at <= most || from >= total - most || total <= 2 * most;
      if (whole) {
        append(out, body, span, 0, length(span));
      } else {
        append(out, body, span, 0, Math.clamp((long) most - from, 0, length(span)));
        append(
            out, body, span, Math.clamp((long) total - most - from, 0, length(span)), length(span));
      }
    }
    return out.toString();
  }

  private static int length(Span span) {
    return span.to() - span.from() - 2;
  }

  private static void append(StringBuilder out, Bytes body, Span span, int from, int to) {
    if (from < to) {
      int start = span.from() + 1;
      unescape(out, body.slice(start + from, start + to).text());
      out.append('\n');
    }
  }

  private static void unescape(StringBuilder out, String raw) {
    int last = raw.length() - 1;
    int from = 0;
    int escape = raw.indexOf('\\');
    while (escape >= 0 && escape < last) {
      out.append(raw, from, escape);
      char escaped = raw.charAt(escape + 1);
      from = escape + 2;
      if (escaped == 'u' && escape + 5 <= last) {
        out.append(unicode(raw, from));
        from += 4;
      } else {
        out.append("nrtbf".indexOf(escaped) >= 0 ? ' ' : escaped);
      }
      escape = raw.indexOf('\\', from);
    }
    out.append(raw, from, raw.length());
  }

  private static char unicode(String raw, int from) {
    try {
      return (char) Integer.parseInt(raw, from, from + 4, 16);
    } catch (NumberFormatException _) {
      return ' '; // the excerpt was cut here
    }
  }
}
