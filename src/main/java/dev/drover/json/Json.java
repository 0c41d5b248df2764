package dev.drover.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value as a tree, for translation between APIs. Members keep their order, numbers their
 * digits, so that equal input gives equal output. A missing member is a value of its own, which has
 * nothing in it. Immutable, thread-safe.
 */
public final class Json {
  /** The value of a member that is not there. */
  public static final Json MISSING = new Json(MissingNode.getInstance());

  private static final int DEPTH = 200;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** Reads what providers send, and what this program wrote, with some levels around it. */
  private static final JsonMapper LENIENT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(2 * DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final JsonNode node;

  private Json(JsonNode node) {
    this.node = node;
  }

  /**
   * Reads a document.
   *
   * @throws MalformedJson when it is no JSON, an object names a member twice, or values are nested
   *     more than 200 deep
   */
  public static Json parse(Bytes document) throws MalformedJson {
    return read(MAPPER, document);
  }

  /** The library throws its own exceptions for syntax, and those of numbers for absurd ones. */
  private static Json read(JsonMapper mapper, Bytes document) throws MalformedJson {
    try {
      return new Json(mapper.readTree(document.array(), document.offset(), document.length()));
    } catch (IOException | RuntimeException _) {
      throw new MalformedJson(0, "no JSON", "a JSON value");
    }
  }

  /**
   * Returns a document as a tree, or a missing value when it is no JSON. Of members with one name
   * the last counts, and {@code NaN} and infinities pass, as some providers write them.
   */
  public static Json parseOrMissing(Bytes document) {
    try {
      return read(LENIENT, document);
    } catch (MalformedJson _) {
      return MISSING;
    }
  }

  /** Returns a text as a value. */
  public static Json of(String text) {
    return new Json(MAPPER.getNodeFactory().textNode(text));
  }

  /** Returns the member with this name; missing when there is none, or this is no object. */
  public Json get(String name) {
    JsonNode found = node.get(name);
    return found == null ? MISSING : new Json(found);
  }

  /** Returns whether the object has a member of this name that is not null. */
  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  /** Returns the text of the member with this name; empty when it is none. */
  public String text(String name) {
    return get(name).text();
  }

  /** Returns the text of the member with this name; null when it is none. */
  public @Nullable String textOrNull(String name) {
    Json found = get(name);
    return found.isText() ? found.text() : null;
  }

  /** Returns this text; empty when this is none. */
  public String text() {
    return node.isTextual() ? node.textValue() : "";
  }

  /** Returns the whole number of the member with this name. */
  public long integer(String name, long otherwise) {
    JsonNode found = node.get(name);
    return found != null && found.isNumber() && found.canConvertToLong()
        ? found.longValue()
        : otherwise;
  }

  /** Returns whether this is true. */
  public boolean isTrue() {
    return node.booleanValue();
  }

  /** Returns whether the member with this name is true. */
  public boolean isTrue(String name) {
    return get(name).node.booleanValue();
  }

  /** Returns whether the member with this name is false. */
  public boolean isFalse(String name) {
    JsonNode found = get(name).node;
    return found.isBoolean() && !found.booleanValue();
  }

  /** Returns whether this is a number above a bound. */
  public boolean isAbove(double bound) {
    return node.isNumber() && node.doubleValue() > bound;
  }

  public boolean isText() {
    return node.isTextual();
  }

  public boolean isObject() {
    return node.isObject();
  }

  public boolean isArray() {
    return node.isArray();
  }

  public boolean isNumber() {
    return node.isNumber();
  }

  /** Returns whether this is missing or null. */
  public boolean isNothing() {
    return node.isMissingNode() || node.isNull();
  }

  /** Returns whether an object or array has nothing in it; true of all other values too. */
  public boolean isEmpty() {
    return node.isEmpty();
  }

  /** Returns the elements of an array; none when this is no array. */
  public List<Json> elements() {
    if (!node.isArray()) {
      return List.of();
    }
    List<Json> elements = new ArrayList<>(node.size());
    node.forEach(element -> elements.add(new Json(element)));
    return elements;
  }

  /** Gives each member of an object, in order. */
  public void members(BiConsumer<String, Json> taker) {
    node.properties().forEach(member -> taker.accept(member.getKey(), new Json(member.getValue())));
  }

  JsonNode node() {
    return node;
  }

  /** Returns the value as JSON on one line. */
  @Override
  public String toString() {
    return node.isMissingNode() ? "" : node.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Json json && json.node.equals(node);
  }

  @Override
  public int hashCode() {
    return node.hashCode();
  }
}
