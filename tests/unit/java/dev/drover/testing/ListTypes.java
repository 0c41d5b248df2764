package dev.drover.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds items that stand twice in lists that are sets, or maps by some of their fields. */
final class ListTypes {
  private ListTypes() {}

  /** Returns what is wrong with a resource that has its defaults, each as "path: what is wrong". */
  static List<String> problems(StructuralSchema schema, Map<String, Object> resource) {
    List<String> problems = new ArrayList<>();
    schema.walk(resource, "", (each, value, path) -> check(each, value, path, problems));
    return problems;
  }

  private static void check(
      StructuralSchema schema, Object value, String path, List<String> problems) {
    Object type = schema.tree().get("x-kubernetes-list-type");
    if (!"map".equals(type) && !"set".equals(type)) {
      return;
    }
    List<?> keys = StructuralSchema.list(schema.tree().get("x-kubernetes-list-map-keys"));
    Set<Object> seen = new HashSet<>();
    int index = 0;
    for (Object item : StructuralSchema.list(value)) {
      Object key = "set".equals(type) ? item : key(StructuralSchema.map(item), keys);
      if (!seen.add(key)) {
        problems.add("%s/%d: stands twice: %s".formatted(path, index, key));
      }
      index++;
    }
  }

  private static List<Object> key(Map<String, Object> item, List<?> keys) {
    List<Object> key = new ArrayList<>();
    keys.forEach(name -> key.add(item.get(name)));
    return key;
  }
}
