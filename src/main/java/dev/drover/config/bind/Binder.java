package dev.drover.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.Key;
import dev.drover.config.schema.KeySpec;
import dev.drover.types.Suggestion;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a tree into config records and collects every mistake on the way instead of stopping at the
 * first. A value that cannot be used becomes null; the caller must not use the result when there
 * are problems.
 */
public final class Binder {
  private final Problems problems;

  public Binder(Problems problems) {
    this.problems = problems;
  }

  public <T> @Nullable T bind(JsonNode node, Class<T> record) {
    return record.cast(record(node, record, ""));
  }

  private @Nullable Object record(JsonNode node, Class<?> record, String path) {
    if (!node.isObject()) {
      problems.add(
          path,
          node.isMissingNode() ? "the file is empty" : show(node, path),
          "a mapping" + Hints.credential(path));
      return null;
    }
    List<KeySpec> specs = KeySpec.of(record);
    unknownKeys(node, specs, path);
    @Nullable Object[] values = new @Nullable Object[specs.size()];
    boolean sound = true;
    for (int i = 0; i < values.length; i++) {
      KeySpec spec = specs.get(i);
      values[i] = component(node.path(spec.name()), spec, join(path, spec.name()));
      sound &= values[i] != null || spec.nullable();
    }
    return sound ? construct(record, values) : null;
  }

  private void unknownKeys(JsonNode node, List<KeySpec> specs, String path) {
    List<String> known = specs.stream().map(KeySpec::name).toList();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        String close = Suggestion.hint(entry.getKey(), known);
        String hint =
            close.isEmpty()
                ? Hints.secretKey(entry.getKey(), path.startsWith("providers."))
                : close;
        problems.add(
            join(path, entry.getKey()),
            "unknown key",
            close.isEmpty() ? "one of " + String.join(", ", known) + hint : "a known key" + hint);
      }
    }
  }

  private @Nullable Object component(JsonNode node, KeySpec spec, String path) {
    if (!absent(node)) {
      return value(node, spec.type(), spec, path);
    }
    if (spec.fallback() != null) {
      return value(spec.fallback(), spec.type(), spec, path);
    }
    if (spec.required()) {
      problems.add(path, "missing", expectation(spec.type(), spec));
    }
    return null;
  }

  private @Nullable Object value(JsonNode node, Type type, KeySpec spec, String path) {
    Class<?> raw = KeySpec.raw(type);
    if (raw.isRecord() && raw != ByteSize.class) {
      return record(node, raw, path);
    }
    if (raw == List.class) {
      return list(node, type, spec, path);
    }
    if (raw == Map.class) {
      return map(node, type, spec, path);
    }
    Object scalar = scalar(node, raw);
    if (scalar == null || !allowed(scalar, node, spec)) {
      String hint =
          Suggestion.hint(node.asText(), words(raw, spec)) + Hints.quantity(node.asText(), raw);
      problems.add(path, show(node, path), expectation(raw, spec) + hint);
      return null;
    }
    return scalar;
  }

  private @Nullable List<Object> list(JsonNode node, Type type, KeySpec spec, String path) {
    if (!node.isArray() && spec.key().single()) {
      Object only = value(node, KeySpec.argument(type, 0), spec, path);
      return only == null ? null : List.of(only);
    }
    if (!node.isArray()) {
      problems.add(path, show(node, path), "a list");
      return null;
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      Object item = value(node.get(i), KeySpec.argument(type, 0), spec, path + "[" + i + "]");
      if (item != null) {
        items.add(item);
      }
    }
    return List.copyOf(items);
  }

  private @Nullable Map<String, Object> map(JsonNode node, Type type, KeySpec spec, String path) {
    if (!node.isObject()) {
      problems.add(path, show(node, path), "a mapping");
      return null;
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String at = join(path, entry.getKey());
      if (!spec.key().pattern().isEmpty() && !entry.getKey().matches(spec.key().pattern())) {
        problems.addText(at, entry.getKey(), PatternWords.of(spec.key().pattern()));
      }
      Object value = value(entry.getValue(), KeySpec.argument(type, 1), spec, at);
      if (value != null) {
        entries.put(entry.getKey(), value);
      }
    }
    return Collections.unmodifiableMap(entries);
  }

  private static @Nullable Object scalar(JsonNode node, Class<?> raw) {
    if (raw == String.class) {
      return node.isTextual() ? node.textValue() : null;
    }
    if (raw == int.class || raw == Integer.class) {
      return node.isInt() ? node.intValue() : null;
    }
    if (raw == double.class) {
      return node.isNumber() ? node.doubleValue() : null;
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return node.isBoolean() ? node.booleanValue() : null;
    }
    if (raw == BigDecimal.class) {
      return node.isNumber() ? node.decimalValue() : null;
    }
    if (raw == Duration.class) {
      return Scalars.duration(node.asText()).orElse(null);
    }
    if (raw == ByteSize.class) {
      return Scalars.size(node.asText()).orElse(null);
    }
    if (raw.isEnum()) {
      return Arrays.stream(raw.getEnumConstants())
          .filter(constant -> label(constant).equals(node.asText()))
          .findFirst()
          .orElse(null);
    }
    throw new IllegalStateException("config type: " + raw + " (expected: one that Binder knows)");
  }

  private static boolean allowed(Object value, JsonNode node, KeySpec spec) {
    Key key = spec.key();
    if (value instanceof String text) {
      boolean namesOnly = KeySpec.raw(spec.type()) == Map.class;
      boolean matches = namesOnly || key.pattern().isEmpty() || text.matches(key.pattern());
      return matches && (key.oneOf().length == 0 || List.of(key.oneOf()).contains(text));
    }
    return (key.min().isEmpty() || compare(value, node, key.min()) >= 0)
        && (key.max().isEmpty() || compare(value, node, key.max()) <= 0);
  }

  private static int compare(Object value, JsonNode node, String bound) {
    return switch (value) {
      case Duration duration -> duration.compareTo(Scalars.duration(bound).orElseThrow());
      case ByteSize size -> Long.compare(size.bytes(), Scalars.size(bound).orElseThrow().bytes());
      default -> node.decimalValue().compareTo(new BigDecimal(bound));
    };
  }

  /**
   * Returns a description of the values that a key accepts, such as {@code a whole number from 1 to
   * 10}.
   */
  public static String expectation(Type type, KeySpec spec) {
    Class<?> raw = KeySpec.raw(type);
    List<String> words = words(raw, spec);
    if (!words.isEmpty()) {
      return "one of " + String.join(", ", words);
    }
    Key key = spec.key();
    String range =
        key.min().isEmpty()
            ? ""
            : key.min().equals(key.max())
                ? ", " + key.min()
                : " from " + key.min() + " to " + key.max();
    if (raw == String.class && KeySpec.raw(spec.type()) == Map.class) {
      return "text"; // the pattern is that of the names
    }
    if (raw == String.class) {
      return key.pattern().isEmpty() ? "text" : PatternWords.of(key.pattern());
    }
    return article(raw) + range;
  }

  private static String article(Class<?> raw) {
    if (raw == int.class || raw == Integer.class) {
      return "a whole number";
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return "true or false";
    }
    if (raw == Duration.class) {
      return "a duration such as 500ms, 30s, 5m";
    }
    if (raw == ByteSize.class) {
      return "a size such as 512KiB, 64MiB";
    }
    return raw == List.class
        ? "a list"
        : raw == double.class || raw == BigDecimal.class ? "a number" : "a mapping";
  }

  public static List<String> words(Class<?> raw, KeySpec spec) {
    if (raw.isEnum()) {
      return Arrays.stream(raw.getEnumConstants()).map(Binder::label).collect(Collectors.toList());
    }
    return List.of(spec.key().oneOf());
  }

  private static String label(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  private static Object construct(Class<?> record, @Nullable Object[] values) {
    Class<?>[] types =
        Arrays.stream(record.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("config record: " + record + " cannot be built", e);
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static boolean absent(JsonNode node) {
    return node instanceof MissingNode || node.isNull();
  }

  /**
   * Returns a value as it is shown in a report. Values below credentials and in the place of a hash
   * are hidden: a key may have been pasted there by mistake.
   */
  private static String show(JsonNode node, String path) {
    boolean secret = path.contains(".credentials") || path.endsWith("sha256");
    return secret ? "(not shown)" : show(node);
  }

  private static String show(JsonNode node) {
    if (node.isObject() || node.isArray()) {
      return node.isObject() ? "a mapping" : "a list";
    }
    String text = node.asText();
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return node.isTextual() ? "\"" + shown + "\"" : shown;
  }
}
