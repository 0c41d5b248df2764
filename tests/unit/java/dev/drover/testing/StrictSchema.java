package dev.drover.testing;

import com.google.re2j.Pattern;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Draft4;
import dev.drover.json.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Validates the structure of resources by a JSON Schema that is made of a CustomResourceDefinition
 * and refuses unknown fields.
 *
 * <p>OpenAPI 3.0 is based on draft 4 of JSON Schema, which is thus the dialect.
 */
final class StrictSchema {
  private static final Set<String> COPIED =
      Set.of(
          "type",
          "enum",
          "required",
          "pattern",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minLength",
          "maxLength",
          "minItems",
          "maxItems",
          "uniqueItems",
          "minProperties",
          "maxProperties");

  /** Keywords that say nothing of the structure, or are read elsewhere. */
  private static final Set<String> READ_ELSEWHERE =
      Set.of(
          "title",
          "description",
          "example",
          "externalDocs",
          "default",
          "nullable",
          "x-kubernetes-int-or-string",
          "x-kubernetes-preserve-unknown-fields",
          "x-kubernetes-embedded-resource",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type",
          "x-kubernetes-validations");

  private static final Map<String, Object> TEXT = Map.of("type", "string");

  /**
   * Formats whose meaning Kubernetes and JSON Schema do not share, or only Kubernetes has. An API
   * server takes a larger number than an int32 where no limit is said as well; the controller that
   * reads the resource then does not.
   */
  private static final Map<String, Map<String, Object>> FORMATS =
      Map.of(
          "int32", range(Integer.MIN_VALUE, Integer.MAX_VALUE),
          "int64", range(Long.MIN_VALUE, Long.MAX_VALUE),
          "float", Map.of(),
          "double", Map.of(),
          "byte", Map.of("pattern", "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}(==|[A-Za-z0-9+/]=))?$"),
          "duration",
              Map.of("pattern", "^[-+]?(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h))+)$"));

  private static final Set<String> SHARED_FORMATS = Set.of("date-time", "ipv4", "ipv6");

  /** Reads the regular expressions as Go does: anywhere in a text, in RE2's syntax. */
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          Draft4.getInstance(),
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder()
                      .locale(Locale.ENGLISH)
                      .formatAssertionsEnabled(true)
                      .regularExpressionFactory(
                          regex -> {
                            Pattern pattern = Pattern.compile(regex);
                            return text -> pattern.matcher(text).find();
                          })
                      .build()));

  private final Schema schema;

  /**
   * Compiles the schema of a whole resource.
   *
   * @throws RuntimeException when it has a keyword or a pattern that is not understood
   */
  StrictSchema(StructuralSchema root) {
    Map<String, Object> tree = new LinkedHashMap<>(root.tree());
    tree.put("x-kubernetes-embedded-resource", true);
    this.schema = REGISTRY.getSchema(Yaml.writeJsonLine(values(tree)), InputFormat.JSON);
  }

  /** Returns what is wrong with a resource, each as "path: what is wrong". */
  List<String> problems(Map<String, Object> resource) {
    List<String> problems = new ArrayList<>();
    schema
        .validate(Yaml.writeJsonLine(resource), InputFormat.JSON)
        .forEach(error -> problems.add(error.getInstanceLocation() + ": " + error.getMessage()));
    return problems;
  }

  private static Map<String, Object> range(long least, long most) {
    return Map.of("minimum", least, "maximum", most);
  }

  /** Converts a schema that says which fields there are: all others are refused. */
  private static Map<String, Object> values(Map<String, Object> tree) {
    StructuralSchema schema = new StructuralSchema(tree);
    Map<String, Object> converted = converted(tree, true);
    boolean open =
        schema.isOn("x-kubernetes-preserve-unknown-fields")
            || tree.containsKey("additionalProperties");
    if ("object".equals(tree.get("type")) && !open) {
      converted.put("additionalProperties", false);
    }
    if (schema.isOn("x-kubernetes-embedded-resource")) {
      embed(converted, StructuralSchema.map(schema.properties().get("metadata")));
    }
    List<Object> types = new ArrayList<>();
    if (schema.isOn("x-kubernetes-int-or-string")) {
      types.addAll(List.of("integer", "string"));
    } else if (tree.containsKey("type")) {
      types.add(tree.get("type"));
    }
    if (schema.nullable() && !types.isEmpty()) {
      types.add("null");
    }
    if (!types.isEmpty()) {
      converted.put("type", types);
    }
    return converted;
  }

  /** Adds the fields that each resource has; those of the metadata are read elsewhere. */
  private static void embed(Map<String, Object> converted, Map<String, Object> metadata) {
    Map<String, Object> properties =
        new LinkedHashMap<>(StructuralSchema.map(converted.get("properties")));
    properties.putIfAbsent("apiVersion", TEXT);
    properties.putIfAbsent("kind", TEXT);
    properties.put("metadata", converted(metadata, false));
    converted.put("properties", properties);
  }

  /**
   * Converts the keywords of a schema.
   *
   * @param closed whether fields that it does not name are refused; they are not where it only adds
   *     conditions, as below {@code anyOf}
   */
  private static Map<String, Object> converted(Map<String, Object> tree, boolean closed) {
    Map<String, Object> converted = new LinkedHashMap<>();
    List<Object> all = new ArrayList<>();
    tree.forEach(
        (keyword, value) -> {
          switch (keyword) {
            case "properties" -> {
              Map<String, Object> properties = new LinkedHashMap<>();
              StructuralSchema.map(value)
                  .forEach((name, each) -> properties.put(name, below(each, closed)));
              converted.put(keyword, properties);
            }
            case "items", "additionalProperties" -> converted.put(keyword, below(value, closed));
            case "allOf" -> StructuralSchema.list(value).forEach(x -> all.add(below(x, false)));
            case "anyOf", "oneOf" ->
                converted.put(
                    keyword,
                    StructuralSchema.list(value).stream().map(x -> below(x, false)).toList());
            case "not" -> converted.put(keyword, below(value, false));
            case "format" -> {
              if (SHARED_FORMATS.contains(value)) {
                converted.put(keyword, value);
              } else if (FORMATS.containsKey(value)) {
                all.add(FORMATS.get(value));
              } else {
                throw new IllegalArgumentException("format: " + value + ": not understood");
              }
            }
            default -> {
              if (COPIED.contains(keyword)) {
                converted.put(keyword, value);
              } else if (!READ_ELSEWHERE.contains(keyword)) {
                throw new IllegalArgumentException(keyword + ": not understood");
              }
            }
          }
        });
    if (!all.isEmpty()) {
      converted.put("allOf", all);
    }
    return converted;
  }

  private static Object below(Object tree, boolean closed) {
    if (!(tree instanceof Map<?, ?>)) {
      return tree;
    }
    Map<String, Object> schema = StructuralSchema.map(tree);
    return closed ? values(schema) : converted(schema, false);
  }
}
