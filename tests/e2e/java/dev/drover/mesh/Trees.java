package dev.drover.mesh;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads trees of maps and lists, as YAML gives them. Each method fails where a part is absent. */
final class Trees {
  private Trees() {}

  static Object value(Object tree, String key) {
    return Objects.requireNonNull(map(tree).get(key), key);
  }

  @SuppressWarnings("unchecked") // YAML has no other keys
  static Map<String, Object> map(Object tree) {
    return (Map<String, Object>) tree;
  }

  static Map<String, Object> map(Object tree, String key) {
    return map(value(tree, key));
  }

  @SuppressWarnings("unchecked") // nothing else is in lists than what YAML has
  static List<Object> list(Object tree, String key) {
    return (List<Object>) value(tree, key);
  }

  static String text(Object tree, String key) {
    return String.valueOf(value(tree, key));
  }
}
