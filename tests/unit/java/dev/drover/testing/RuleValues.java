package dev.drover.testing;

import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns values of resources into those that CEL rules of Kubernetes see. */
final class RuleValues {
  private static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private RuleValues() {}

  /** Returns what a rule sees of a value that a schema holds for. */
  static Object of(Optional<StructuralSchema> schema, Object value) {
    return switch (value) {
      case null -> NullValue.NULL_VALUE;
      case Map<?, ?> _ -> {
        Map<String, Object> seen = new LinkedHashMap<>();
        StructuralSchema.map(value)
            .forEach(
                (key, each) ->
                    seen.put(
                        isField(schema, key) ? escaped(key) : key,
                        of(schema.flatMap(found -> found.entry(key)), each)));
        yield seen;
      }
      case List<?> list -> {
        List<Object> seen = new ArrayList<>();
        list.forEach(each -> seen.add(of(schema.flatMap(StructuralSchema::items), each)));
        yield seen;
      }
      case BigDecimal number -> number.doubleValue();
      case Integer number -> number(schema, number);
      case Long number -> number(schema, number);
      case BigInteger number -> number.doubleValue();
      default -> value;
    };
  }

  private static Object number(Optional<StructuralSchema> schema, Number number) {
    boolean whole = schema.isEmpty() || !"number".equals(schema.get().tree().get("type"));
    return whole ? (Object) number.longValue() : (Object) number.doubleValue();
  }

  /** Returns whether a key is a field's name; the keys of other maps are seen as they are. */
  private static boolean isField(Optional<StructuralSchema> schema, String key) {
    return schema.isPresent() && schema.get().properties().containsKey(key);
  }

  /** Returns the identifier by which rules call a field. */
  static String escaped(String field) {
    if (RESERVED.contains(field)) {
      return "__" + field + "__";
    }
    return field
        .replace("__", "__underscores__")
        .replace(".", "__dot__")
        .replace("-", "__dash__")
        .replace("/", "__slash__");
  }
}
