package dev.drover.telemetry.trace;

import dev.drover.json.Yaml;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Redacts the texts of one document and cuts them to what a span may hold: each to its own measure,
 * all of them to another, beyond which they are left out. Not thread-safe.
 */
final class BoundedText {
  private static final int MOST_OF_ONE = 16_384;
  private static final int MOST_OF_ALL = 65_536;

  /** Read beyond the cut, so that what stands across it is found whole. */
  private static final int OVERLAP = 512;

  private static final String MORE = "…";

  private final Redaction redaction;
  private int left = MOST_OF_ALL;

  BoundedText(Redaction redaction) {
    this.redaction = redaction;
  }

  /** Plain text. */
  String text(String whole) {
    int most = Math.min(left, MOST_OF_ONE);
    boolean cut = whole.length() > most;
    String clean =
        redaction.apply(cut ? whole.substring(0, Math.min(whole.length(), most + OVERLAP)) : whole);
    String shown = cut ? clean.substring(0, Math.min(clean.length(), most)) + MORE : clean;
    left -= Math.min(left, shown.length());
    return shown;
  }

  /**
   * Returns a value as redacted text; an empty text for null. Each text in a JSON object is
   * redacted by itself, since an escaped character hides where a word begins. A string that is not
   * a JSON object is redacted as plain text.
   */
  String data(@Nullable Object value) {
    if (!(value instanceof String json)) {
      return value == null ? "" : Yaml.writeJsonLine(clean(value));
    }
    try {
      return json.stripLeading().startsWith("{")
          ? Yaml.writeJsonLine(clean(Yaml.readJson(json)))
          : text(unescaped(json));
    } catch (UncheckedIOException _) {
      return text(unescaped(json));
    }
  }

  private Object clean(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text(text);
      case Map<?, ?> map -> {
        Map<String, Object> clean = new LinkedHashMap<>();
        map.forEach((name, each) -> clean.put(text(String.valueOf(name)), clean(each)));
        yield clean;
      }
      case List<?> list -> {
        List<Object> clean = new ArrayList<>();
        list.forEach(each -> clean.add(clean(each)));
        yield clean;
      }
      case Number number -> text(number.toString());
      default -> value;
    };
  }

  private static String unescaped(String json) {
    return json.replaceAll("\\\\[nrtbf]", " ");
  }
}
