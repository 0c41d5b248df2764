package dev.drover.migrate;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads documents whose shape is not ours: what is of another kind counts as empty. */
final class Trees {
  private Trees() {}

  static String text(@Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      case null, default -> "";
    };
  }

  static List<String> texts(@Nullable Object value) {
    return list(value).stream().map(Trees::text).filter(text -> !text.isEmpty()).toList();
  }

  @SuppressWarnings("unchecked") // mappings of a YAML document
  static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> ? (Map<String, Object>) value : Map.of();
  }

  @SuppressWarnings("unchecked") // sequences of a YAML document
  static List<Object> list(@Nullable Object value) {
    return value instanceof List<?> ? (List<Object>) value : List.of();
  }

  /** Returns a number whose text YAML reads as one: an exponent without a point is text there. */
  static BigDecimal plain(BigDecimal number) {
    BigDecimal exact = number.stripTrailingZeros();
    BigDecimal whole = exact.scale() < 0 ? exact.setScale(0) : exact;
    boolean bare = whole.toString().contains("E") && !whole.toString().contains(".");
    return bare ? whole.setScale(whole.scale() + 1) : whole;
  }
}
