package dev.drover.migrate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads documents whose shape is not ours: what is of another kind counts as empty. */
final class Trees {
  private Trees() {}

  /** Notes the keys of a mapping that nobody looks at. */
  static void unknown(
      String section, Map<String, Object> given, Set<String> known, List<String> notes) {
    given.keySet().stream()
        .filter(key -> !known.contains(key))
        .forEach(key -> notes.add(section + "." + key + ": no counterpart"));
  }

  static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  static List<String> texts(@Nullable Object value) {
    return list(value).stream().map(Object::toString).toList();
  }

  @SuppressWarnings("unchecked") // mappings of a YAML document
  static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> ? (Map<String, Object>) value : Map.of();
  }

  @SuppressWarnings("unchecked") // sequences of a YAML document
  static List<Object> list(@Nullable Object value) {
    return value instanceof List<?> ? (List<Object>) value : List.of();
  }
}
