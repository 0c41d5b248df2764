package dev.drover.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Places of the values of a YAML document, by their paths, such as {@code
 * targets.eu-fast.price.input} or {@code keys[0].id}. Immutable.
 */
public final class YamlPositions {
  /**
   * A place in a document.
   *
   * @param line from 1
   * @param column from 1
   */
  public record Position(int line, int column) {}

  private static final YAMLFactory YAML =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Position START = new Position(1, 1);

  private final Map<String, Position> positions = new HashMap<>();

  private YamlPositions() {}

  /**
   * Reads a document as far as it is YAML. Where it stops to be, is the place of the file itself.
   */
  public static YamlPositions of(String text) {
    YamlPositions found = new YamlPositions();
    try (YAMLParser parser = YAML.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first != null) {
        found.value(parser, "");
        if (parser.nextToken() != null) { // a second document
          found.positions.put("", position(parser.currentTokenLocation()));
        }
      }
    } catch (JsonProcessingException e) {
      found.positions.put("", failed(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Returns the place of the value at a path, or of the nearest thing around it. */
  public Position at(String path) {
    String nearest = path;
    while (true) {
      Position position = positions.get(nearest);
      if (position != null) {
        return position;
      }
      int end = Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['));
      if (end < 0) {
        return positions.getOrDefault("", START);
      }
      nearest = nearest.substring(0, end);
    }
  }

  private void value(YAMLParser parser, String path) throws IOException {
    positions.putIfAbsent(path, position(parser.currentTokenLocation()));
    if (parser.isCurrentAlias()) {
      throw new JsonParseException(parser, "an alias");
    }
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        String inner = path.isEmpty() ? name : path + "." + name;
        positions.putIfAbsent(inner, position(parser.currentTokenLocation()));
        parser.nextToken();
        value(parser, inner);
      }
    } else if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        value(parser, path + "[" + i + "]");
      }
    }
  }

  private static Position failed(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MarkedYAMLException marked) {
        Mark mark = marked.getProblemMark();
        if (mark != null) {
          return new Position(mark.getLine() + 1, mark.getColumn() + 1);
        }
      }
    }
    return position(e.getLocation());
  }

  private static Position position(@Nullable JsonLocation location) {
    return location == null
        ? START
        : new Position(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }
}
