package dev.drover.config;

import dev.drover.config.bind.Binder;
import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.KeySpec;
import dev.drover.json.Yaml;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Derives the JSON schema and the reference page from the config records. */
public final class Reference {
  private Reference() {}

  /** JSON schema (2020-12) of the config file. */
  public static String schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Drover config");
    schema.putAll(object(GatewayConfig.class));
    return Yaml.writeJson(schema) + "\n";
  }

  /** The reference page: a table of every key. */
  public static String page() {
    StringBuilder out =
        new StringBuilder(
            "# Config keys\n\nGenerated from the config records. `*` stands for a name of your choice.\n\n");
    out.append("| key | value | default | meaning |\n|---|---|---|---|\n");
    rows(out, GatewayConfig.class, "");
    return out.toString();
  }

  private static void rows(StringBuilder out, Class<?> record, String prefix) {
    for (KeySpec spec : KeySpec.of(record)) {
      String path = prefix + spec.name();
      Type inner = inner(spec.type());
      String fallback =
          spec.required() ? "required" : spec.nullable() ? "none" : "`" + spec.key().def() + "`";
      out.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(
                  path,
                  Binder.expectation(spec.type(), spec).replace("|", "\\|"),
                  fallback.replace("|", "\\|"),
                  spec.key().doc().replace("|", "\\|")));
      if (nested(inner)) {
        rows(out, KeySpec.raw(inner), path + suffix(spec.type()) + ".");
      }
    }
  }

  private static String suffix(Type type) {
    return KeySpec.raw(type) == Map.class ? ".*" : KeySpec.raw(type) == List.class ? "[]" : "";
  }

  private static Type inner(Type type) {
    Class<?> raw = KeySpec.raw(type);
    return raw == Map.class
        ? KeySpec.argument(type, 1)
        : raw == List.class ? KeySpec.argument(type, 0) : type;
  }

  private static boolean nested(Type type) {
    return KeySpec.raw(type).isRecord() && KeySpec.raw(type) != ByteSize.class;
  }

  private static Map<String, Object> object(Class<?> record) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (KeySpec spec : KeySpec.of(record)) {
      Map<String, Object> property = new LinkedHashMap<>(value(spec.type(), spec));
      property.put("description", spec.key().doc());
      properties.put(spec.name(), property);
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    schema.put(
        "required",
        KeySpec.of(record).stream().filter(KeySpec::required).map(KeySpec::name).toList());
    schema.put("properties", properties);
    return schema;
  }

  private static Map<String, Object> value(Type type, KeySpec spec) {
    Class<?> raw = KeySpec.raw(type);
    if (nested(type)) {
      return object(raw);
    }
    if (raw == List.class) {
      Map<String, Object> schema =
          new LinkedHashMap<>(); // keeps its order, so that the file does not change by chance
      schema.put("type", "array");
      Map<String, Object> item = value(KeySpec.argument(type, 0), spec);
      schema.put("items", item);
      if (spec.key().single()) {
        Map<String, Object> either = new LinkedHashMap<>();
        either.put("anyOf", List.of(item, schema));
        return either;
      }
      return schema;
    }
    if (raw == Map.class) {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "object");
      if (!spec.key().pattern().isEmpty()) {
        schema.put("propertyNames", Map.of("pattern", anchored(spec.key().pattern())));
      }
      schema.put("additionalProperties", value(KeySpec.argument(type, 1), spec));
      return schema;
    }
    return scalar(raw, spec);
  }

  private static Map<String, Object> scalar(Class<?> raw, KeySpec spec) {
    Map<String, Object> schema = new LinkedHashMap<>();
    List<String> words = Binder.words(raw, spec);
    if (!words.isEmpty()) {
      schema.put("enum", words);
    } else if (raw == boolean.class || raw == Boolean.class) {
      schema.put("type", "boolean");
    } else if (raw == Duration.class) {
      text(schema, "[0-9]{1,9}(ms|s|m|h|d)");
    } else if (raw == ByteSize.class) {
      text(schema, "[0-9]{1,9}(B|KiB|MiB|GiB)");
    } else if (raw == String.class) {
      text(schema, KeySpec.raw(spec.type()) == Map.class ? "" : spec.key().pattern());
    } else {
      schema.put("type", raw == int.class || raw == Integer.class ? "integer" : "number");
      if (!spec.key().min().isEmpty()) {
        schema.put("minimum", new BigDecimal(spec.key().min()));
        schema.put("maximum", new BigDecimal(spec.key().max()));
      }
    }
    return schema;
  }

  private static void text(Map<String, Object> schema, String pattern) {
    schema.put("type", "string");
    if (!pattern.isEmpty()) {
      schema.put("pattern", anchored(pattern));
    }
  }

  private static String anchored(String pattern) {
    return "^(" + pattern + ")$";
  }
}
