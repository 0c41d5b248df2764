package dev.drover.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a JSON document on one line, member by member. Confined to one thread. */
public final class JsonOut {
  private final JsonGenerator out;

  private JsonOut(JsonGenerator out) {
    this.out = out;
  }

  /** A step of writing, which may fail where bytes go. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Returns an object whose members {@code body} writes. */
  public static Bytes object(Consumer<JsonOut> body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
      out.writeStartObject();
      body.accept(new JsonOut(out));
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes all bytes
    }
    return Bytes.of(bytes.toByteArray());
  }

  /** Returns an object as a tree. */
  public static Json tree(Consumer<JsonOut> body) {
    return Json.parseOrMissing(object(body));
  }

  private JsonOut step(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Writes a member; leaves it out when the value is null. */
  public JsonOut put(String name, @Nullable String value) {
    return value == null ? this : step(() -> out.writeStringField(name, value));
  }

  /** Writes a member that is a whole number. */
  public JsonOut put(String name, long value) {
    return step(() -> out.writeNumberField(name, value));
  }

  /** Writes a member that is a whole number; leaves it out when the value is null. */
  public JsonOut put(String name, @Nullable Long value) {
    return value == null ? this : put(name, value.longValue());
  }

  /** Writes a member that is true or false. */
  public JsonOut put(String name, boolean value) {
    return step(() -> out.writeBooleanField(name, value));
  }

  /** Writes a member; leaves it out when the value is missing or null. */
  public JsonOut put(String name, @Nullable Json value) {
    return value == null || value.isNothing()
        ? this
        : step(
            () -> {
              out.writeFieldName(name);
              Json.MAPPER.writeTree(out, value.node());
            });
  }

  /** Writes a member that is null. */
  public JsonOut putNull(String name) {
    return step(() -> out.writeNullField(name));
  }

  /** Writes a member that is an object. */
  public JsonOut object(String name, Consumer<JsonOut> body) {
    step(() -> out.writeObjectFieldStart(name));
    body.accept(this);
    return step(out::writeEndObject);
  }

  /** Writes a member that is an array, whose elements {@code body} adds. */
  public JsonOut array(String name, Consumer<JsonOut> body) {
    step(() -> out.writeArrayFieldStart(name));
    body.accept(this);
    return step(out::writeEndArray);
  }

  /** Adds an object to an array. */
  public JsonOut add(Consumer<JsonOut> body) {
    step(out::writeStartObject);
    body.accept(this);
    return step(out::writeEndObject);
  }

  /** Adds a text to an array. */
  public JsonOut add(String value) {
    return step(() -> out.writeString(value));
  }

  /** Adds a value to an array. */
  public JsonOut add(Json value) {
    return step(() -> Json.MAPPER.writeTree(out, value.node()));
  }

  /** Writes all members of an object. */
  public JsonOut all(Json object) {
    object.members(this::put);
    return this;
  }
}
