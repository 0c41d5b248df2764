package dev.drover.testing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Wraps a schema of a CustomResourceDefinition, or one of the schemas within it.
 *
 * @param tree the schema as maps, lists and scalars
 */
record StructuralSchema(Map<String, Object> tree) {
  /** Receives each value that a schema holds for. */
  @FunctionalInterface
  interface Visitor {
    void visit(StructuralSchema schema, Object value, String path);
  }

  /** Returns a tree's entries where it is a map, else none. */
  static Map<String, Object> map(Object tree) {
    return tree instanceof Map<?, ?> map ? cast(map) : Map.of();
  }

  @SuppressWarnings("unchecked") // keys of JSON and YAML are strings
  private static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  /** Returns the elements of a tree where it is a list, else none. */
  static List<?> list(Object tree) {
    return tree instanceof List<?> list ? list : List.of();
  }

  private static Optional<StructuralSchema> of(Object tree) {
    return tree instanceof Map<?, ?> map
        ? Optional.of(new StructuralSchema(cast(map)))
        : Optional.empty();
  }

  Map<String, Object> properties() {
    return map(tree.get("properties"));
  }

  Optional<StructuralSchema> property(String name) {
    return of(properties().get(name));
  }

  /** Returns the schema of an entry: that of its property, else that of all other entries. */
  Optional<StructuralSchema> entry(String name) {
    return property(name).or(() -> of(tree.get("additionalProperties")));
  }

  Optional<StructuralSchema> items() {
    return of(tree.get("items"));
  }

  boolean nullable() {
    return isOn("nullable");
  }

  boolean isOn(String keyword) {
    return Boolean.TRUE.equals(tree.get(keyword));
  }

  /** Visits a value and, below it, all values that have a schema; nulls are left out. */
  void walk(Object value, String path, Visitor visitor) {
    if (value == null) {
      return;
    }
    visitor.visit(this, value, path);
    map(value)
        .forEach(
            (key, each) ->
                entry(key).ifPresent(schema -> schema.walk(each, path + "/" + key, visitor)));
    int index = 0;
    for (Object each : list(value)) {
      String at = path + "/" + index++;
      items().ifPresent(schema -> schema.walk(each, at, visitor));
    }
  }

  /** Visits the schema and all schemas of values within it. */
  void each(Consumer<StructuralSchema> visitor) {
    visitor.accept(this);
    properties().keySet().forEach(name -> property(name).orElseThrow().each(visitor));
    of(tree.get("additionalProperties")).ifPresent(schema -> schema.each(visitor));
    items().ifPresent(schema -> schema.each(visitor));
  }
}
