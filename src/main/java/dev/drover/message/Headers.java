package dev.drover.message;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The headers of one message. Names are lower case, pseudo headers included. Immutable. */
public interface Headers {
  /** The first value of a header, or null. */
  @Nullable String first(String name);

  /** Gives each name that starts with {@code prefix}; one that comes several times as often. */
  void names(String prefix, Consumer<String> each);

  /** Returns the bytes of all values of a header. */
  long valueBytes(String name);

  /** The names that start with {@code prefix}, each once. */
  default Set<String> namesWith(String prefix) {
    Set<String> found = new LinkedHashSet<>();
    names(prefix, found::add);
    return found;
  }

  /** The headers of a map, names in lower case. */
  static Headers of(Map<String, String> map) {
    return new Headers() {
      @Override
      public @Nullable String first(String name) {
        return map.get(name);
      }

      @Override
      public long valueBytes(String name) {
        return text(name).getBytes(StandardCharsets.UTF_8).length;
      }

      @Override
      public void names(String prefix, Consumer<String> each) {
        map.keySet().stream().filter(name -> name.startsWith(prefix)).forEach(each);
      }
    };
  }

  /** The first value of a header, or an empty string. */
  default String text(String name) {
    String value = first(name);
    return value == null ? "" : value;
  }
}
