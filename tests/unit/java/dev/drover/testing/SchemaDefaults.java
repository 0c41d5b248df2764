package dev.drover.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills in the defaults of a schema, as an API server does before it validates. */
final class SchemaDefaults {
  private SchemaDefaults() {}

  /** Returns a copy of a resource with all defaults set. */
  static Map<String, Object> applied(StructuralSchema schema, Map<String, Object> resource) {
    return StructuralSchema.map(copy(Optional.of(schema), resource));
  }

  private static Object copy(Optional<StructuralSchema> schema, Object value) {
    return switch (value) {
      case Map<?, ?> _ -> entries(schema, StructuralSchema.map(value));
      case List<?> list -> {
        List<Object> copied = new ArrayList<>();
        list.forEach(each -> copied.add(copy(schema.flatMap(StructuralSchema::items), each)));
        yield copied;
      }
      case null, default -> value;
    };
  }

  /** Copies a map; a null that its schema does not allow counts as absent. */
  private static Map<String, Object> entries(
      Optional<StructuralSchema> schema, Map<String, Object> map) {
    Map<String, Object> copied = new LinkedHashMap<>();
    map.forEach(
        (key, each) -> {
          Optional<StructuralSchema> entry = schema.flatMap(found -> found.entry(key));
          if (each != null || entry.isEmpty() || entry.get().nullable()) {
            copied.put(key, copy(entry, each));
          }
        });
    schema.ifPresent(
        found ->
            found
                .properties()
                .keySet()
                .forEach(
                    name -> {
                      StructuralSchema property = found.property(name).orElseThrow();
                      Object value = property.tree().get("default");
                      if (value != null && !copied.containsKey(name)) {
                        copied.put(name, copy(Optional.of(property), value));
                      }
                    }));
    return copied;
  }
}
