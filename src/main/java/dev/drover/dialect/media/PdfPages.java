package dev.drover.dialect.media;

import dev.drover.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the pages of a PDF by what stands in clear text at its beginning and its end: the number
 * of a linearized file, the root of the page tree, or the pages themselves (ISO 32000-1, 7.7.3 and
 * Annex F).
 */
final class PdfPages {
  /** The bytes at each end that are looked at. Writers put the page tree into one of them. */
  private static final int LOOKED_AT = 1 << 16;

  private static final Pattern LINEARIZED =
      Pattern.compile("/Linearized\\b[^>]{0,200}/N (\\d{1,6})");
  private static final Pattern TREE = Pattern.compile("/Count (\\d{1,6})");
  private static final Pattern PAGE = Pattern.compile("/Type ?/Page\\b");

  private PdfPages() {}

  /** Returns the number of pages; 0 where it cannot be read or the data is no PDF. */
  static long of(Bytes base64) {
    byte[] start = Base64Head.decode(base64, LOOKED_AT);
    String head = new String(start, StandardCharsets.ISO_8859_1);
    if (!head.startsWith("%PDF-")) {
      return 0;
    }
    Matcher linearized = LINEARIZED.matcher(head);
    if (linearized.find()) {
      return Long.parseLong(linearized.group(1));
    }
    int from = Math.max(0, base64.length() - LOOKED_AT / 3 * 4) / 4 * 4;
    byte[] end = Base64Head.decode(base64.slice(from, base64.length()), LOOKED_AT);
    String tail = from == 0 ? "" : new String(end, StandardCharsets.ISO_8859_1);
    long counted = Math.max(largest(head), largest(tail));
    return counted > 0 ? counted : pages(head) + pages(tail);
  }

  private static long largest(String text) {
    return TREE.matcher(text).results().mapToLong(m -> Long.parseLong(m.group(1))).max().orElse(0);
  }

  private static long pages(String text) {
    return PAGE.matcher(text).results().count();
  }
}
