package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A change to a body: replaces the bytes from {@code from} to {@code to} with {@code replacement}.
 * Equal bounds insert.
 *
 * @param from first byte replaced, an offset into the body
 * @param to first byte kept again, at least {@code from}
 * @param replacement the bytes put in their place; may be empty
 */
public record Edit(int from, int to, Bytes replacement) {
  public Edit {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "edit: %d..%d (expected: 0 <= from <= to)".formatted(from, to));
    }
  }

  public static Edit replace(Span span, String text) {
    return new Edit(span.from(), span.to(), Bytes.utf8(text));
  }

  public static Edit insert(int at, String text) {
    return new Edit(at, at, Bytes.utf8(text));
  }

  /**
   * The edited body as a rope: slices of the original between the replacements. No byte outside an
   * edit is copied or changed; no edits give the body itself.
   *
   * @param edits in ascending order, not overlapping
   */
  public static List<Bytes> apply(Bytes body, List<Edit> edits) {
    List<Bytes> rope = new ArrayList<>(2 * edits.size() + 1);
    int at = 0;
    for (Edit edit : edits) {
      if (edit.from < at || edit.to > body.length()) {
        throw new IllegalArgumentException(
            "edit: %d..%d (expected: within %d..%d)"
                .formatted(edit.from, edit.to, at, body.length()));
      }
      add(rope, body.slice(at, edit.from));
      add(rope, edit.replacement);
      at = edit.to;
    }
    add(rope, body.slice(at, body.length()));
    return rope;
  }

  private static void add(List<Bytes> rope, Bytes part) {
    if (!part.isEmpty()) {
      rope.add(part);
    }
  }
}
