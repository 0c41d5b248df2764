package dev.drover.tools.standin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The headers or trailers of a message, in order, names in lower case, pseudo headers included.
 * Mutable; confined to one stream.
 */
final class HeaderMap {
  private final List<Map.Entry<String, String>> entries = new ArrayList<>();

  HeaderMap copy() {
    HeaderMap copy = new HeaderMap();
    copy.entries.addAll(entries);
    return copy;
  }

  @Nullable String get(String name) {
    for (Map.Entry<String, String> entry : entries) {
      if (entry.getKey().equals(name)) {
        return entry.getValue();
      }
    }
    return null;
  }

  String text(String name) {
    String value = get(name);
    return value == null ? "" : value;
  }

  /** The value as a whole number, or {@code otherwise} when it is missing or none. */
  long number(String name, long otherwise) {
    String value = get(name);
    try {
      return value == null ? otherwise : Long.parseLong(value.strip());
    } catch (NumberFormatException _) {
      return otherwise;
    }
  }

  HeaderMap add(String name, String value) {
    entries.add(Map.entry(name.toLowerCase(Locale.ROOT), value));
    return this;
  }

  /** Puts one value in place of all there were, where the first stood. */
  HeaderMap set(String name, String value) {
    Map.Entry<String, String> entry = Map.entry(name.toLowerCase(Locale.ROOT), value);
    int at = index(entry.getKey());
    remove(name);
    entries.add(at < 0 ? entries.size() : at, entry);
    return this;
  }

  void remove(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    entries.removeIf(entry -> entry.getKey().equals(lower));
  }

  void removeIf(Predicate<String> name) {
    entries.removeIf(entry -> name.test(entry.getKey()));
  }

  void forEach(BiConsumer<String, String> action) {
    entries.forEach(entry -> action.accept(entry.getKey(), entry.getValue()));
  }

  int size() {
    return entries.size();
  }

  /** Bytes of all names and values. */
  int bytes() {
    return entries.stream()
        .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
        .sum();
  }

  private int index(String name) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).getKey().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
