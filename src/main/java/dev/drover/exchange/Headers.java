package dev.drover.exchange;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers of one message. Names are lower case, pseudo headers included. Immutable. */
public interface Headers {
  /** The first value of a header, or null. */
  @Nullable String first(String name);

  /** The names that start with {@code prefix}, each once. */
  List<String> namesWith(String prefix);

  /** The headers of a map, names in lower case. */
  static Headers of(Map<String, String> map) {
    return new Headers() {
      @Override
      public @Nullable String first(String name) {
        return map.get(name);
      }

      @Override
      public List<String> namesWith(String prefix) {
        return map.keySet().stream().filter(name -> name.startsWith(prefix)).sorted().toList();
      }
    };
  }

  /** The first value of a header, or an empty string. */
  default String text(String name) {
    String value = first(name);
    return value == null ? "" : value;
  }
}
