package dev.drover.dialect.gemini;

import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Carries schemas between JSON Schema and the part of OpenAPI 3.0 that Gemini takes. References are
 * replaced by what they name, a constant by a list of one, a type that may be null by {@code
 * nullable}; keywords that Gemini does not know are left out.
 */
final class Schemas {
  private static final Set<String> KEPT =
      Set.of(
          "title",
          "description",
          "nullable",
          "default",
          "minItems",
          "maxItems",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "minProperties",
          "maxProperties",
          "pattern",
          "required",
          "propertyOrdering",
          "example");

  private static final Set<String> STRING_FORMATS = Set.of("enum", "date-time");
  private static final Set<String> NUMBER_FORMATS = Set.of("int32", "int64", "float", "double");
  private static final int DEEPEST = 20;

  private final Json root;

  private Schemas(Json root) {
    this.root = root;
  }

  /** Returns a JSON schema in Gemini's form. */
  static Json own(Json schema) {
    return new Schemas(schema).written(schema, 0);
  }

  private Json written(Json schema, int depth) {
    return JsonOut.tree(out -> write(out, schema, depth));
  }

  private void write(JsonOut out, Json given, int depth) {
    Json schema = resolved(given, 0);
    if (depth > DEEPEST) { // a schema that names itself
      out.put("type", "object");
      return;
    }
    Json merged = merged(schema);
    String type = type(merged);
    out.put("type", type.isEmpty() ? null : type);
    if (isNullable(merged)) {
      out.put("nullable", true);
    }
    children(out, merged, type, depth);
    merged.members(
        (name, value) -> {
          if (KEPT.contains(name) && !name.equals("nullable")) {
            out.put(name, value);
          }
        });
    String format = merged.text("format");
    boolean known =
        type.equals("string") ? STRING_FORMATS.contains(format) : NUMBER_FORMATS.contains(format);
    out.put("format", known ? format : null);
    values(out, merged, type);
  }

  /** Only strings may be listed. */
  private static void values(JsonOut out, Json schema, String type) {
    List<Json> values =
        schema.has("const") ? List.of(schema.get("const")) : schema.get("enum").elements();
    List<Json> texts = values.stream().filter(Json::isText).toList();
    if (!texts.isEmpty() && (type.isEmpty() || type.equals("string"))) {
      out.array("enum", all -> texts.forEach(all::add));
    }
  }

  private void children(JsonOut out, Json schema, String type, int depth) {
    if (schema.get("properties").isObject()) {
      out.object(
          "properties",
          all ->
              schema
                  .get("properties")
                  .members((name, value) -> all.put(name, written(value, depth + 1))));
    }
    if (schema.get("items").isObject()) {
      out.put("items", written(schema.get("items"), depth + 1));
    } else if (type.equals("array")) {
      out.object("items", item -> item.put("type", "string"));
    }
    List<Json> some =
        (schema.has("anyOf") ? schema.get("anyOf") : schema.get("oneOf"))
            .elements().stream().filter(each -> !each.text("type").equals("null")).toList();
    if (some.size() > 1) {
      out.array("anyOf", all -> some.forEach(each -> all.add(written(each, depth + 1))));
    }
  }

  private Json resolved(Json schema, int times) {
    String reference = schema.text("$ref");
    if (!reference.startsWith("#/") || times > DEEPEST) {
      return schema;
    }
    Json found = root;
    for (String step : reference.substring(2).split("/", -1)) {
      found = found.get(step.replace("~1", "/").replace("~0", "~"));
    }
    return resolved(found, times + 1);
  }

  /** Returns a schema with what all of some schemas say, or the only one that is not null. */
  private Json merged(Json schema) {
    List<Json> all = schema.get("allOf").elements();
    List<Json> some = (schema.has("anyOf") ? schema.get("anyOf") : schema.get("oneOf")).elements();
    List<Json> real = some.stream().filter(each -> !each.text("type").equals("null")).toList();
    if (all.isEmpty() && (real.size() != 1)) {
      return schema;
    }
    return JsonOut.tree(
        out -> {
          Map<String, Json> members = new LinkedHashMap<>();
          for (Json each : all.isEmpty() ? real : all) {
            resolved(each, 0).members((name, value) -> take(members, name, value));
          }
          schema.members(
              (name, value) -> {
                if (!name.equals("allOf") && !name.equals("anyOf") && !name.equals("oneOf")) {
                  take(members, name, value);
                }
              });
          members.forEach(out::put);
          if (some.size() > real.size()) {
            out.put("nullable", true);
          }
        });
  }

  private static void take(Map<String, Json> members, String name, Json value) {
    Json known = members.getOrDefault(name, Json.MISSING);
    boolean both = known.isObject() && value.isObject();
    boolean lists = known.isArray() && value.isArray();
    members.put(
        name,
        both
            ? JsonOut.tree(out -> out.all(known).all(value))
            : lists ? joined(known, value) : value);
  }

  private static Json joined(Json one, Json other) {
    return JsonOut.tree(
            out ->
                out.array(
                    "x",
                    all -> {
                      one.elements().forEach(all::add);
                      other.elements().stream()
                          .filter(each -> !one.elements().contains(each))
                          .forEach(all::add);
                    }))
        .get("x");
  }

  private static boolean isNullable(Json schema) {
    return schema.isTrue("nullable")
        || schema.get("type").elements().stream().anyMatch(each -> each.text().equals("null"));
  }

  private static String type(Json schema) {
    Json type = schema.get("type");
    if (type.isArray()) {
      return type.elements().stream()
          .map(Json::text)
          .filter(each -> !each.equals("null"))
          .findFirst()
          .orElse("string");
    }
    if (type.isText()) {
      return type.text();
    }
    boolean texts = schema.get("const").isText() || schema.get("enum").isArray();
    return schema.has("properties") ? "object" : texts ? "string" : "";
  }

  /** Returns a schema in Gemini's form as a JSON schema: its names of types are in upper case. */
  static Json standard(Json schema) {
    if (!schema.isObject()) {
      return schema;
    }
    return JsonOut.tree(
        out ->
            schema.members(
                (name, value) -> {
                  switch (name) {
                    case "type" -> type(out, value, schema.isTrue("nullable"));
                    case "nullable" -> {}
                    case "items" -> out.put(name, standard(value));
                    case "properties" ->
                        out.object(
                            name,
                            all -> value.members((key, each) -> all.put(key, standard(each))));
                    case "anyOf" ->
                        out.array(
                            name, all -> value.elements().forEach(each -> all.add(standard(each))));
                    default -> out.put(name, value);
                  }
                }));
  }

  private static void type(JsonOut out, Json type, boolean nullable) {
    String name = type.text().toLowerCase(Locale.ROOT);
    if (nullable) {
      out.array("type", all -> all.add(name).add("null"));
    } else {
      out.put("type", name);
    }
  }
}
