package dev.drover.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** YAML and JSON text to trees and back. */
public final class Yaml {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .disable(YAMLGenerator.Feature.SPLIT_LINES)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(100)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Yaml() {}

  /** Reads a document of Drover's own; throws on a syntax error. */
  public static JsonNode read(String text) throws JsonProcessingException {
    refuseWhatIsNotRead(text, true);
    return MAPPER.readTree(text);
  }

  /** Numbers that YAML 1.1 reads as octal, hexadecimal or binary, which few people mean. */
  private static final Pattern OTHER_BASE = Pattern.compile("[-+]?0[0-9A-Za-z_]+");

  /**
   * Aliases would be read as the text of their name, a second document not at all.
   *
   * @param decimal whether a number such as 010, which would be read as eight, is refused too
   */
  private static void refuseWhatIsNotRead(String text, boolean decimal)
      throws JsonProcessingException {
    try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
      boolean whole = false;
      while (parser.nextToken() != null) {
        if (whole) {
          throw new JsonParseException(parser, "a second document: only one is read");
        }
        whole = parser.getParsingContext().inRoot();
        if (decimal
            && parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && OTHER_BASE.matcher(parser.getText()).matches()) {
          throw new JsonParseException(
              parser,
              parser.getText()
                  + " is no decimal number: write it without 0 before it, or quote it");
        }
        if (parser.isCurrentAlias()) {
          throw new JsonParseException(
              parser, "an alias (*" + parser.getText() + "): aliases are not supported");
        }
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the line and the description of a syntax error, without the lines of the document
   * around it. The text is meant to follow the name of the document.
   */
  public static String problem(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
        String said = String.valueOf(marked.getProblem());
        return " at line " + (marked.getProblemMark().getLine() + 1) + ": " + said + hint(said);
      }
    }
    String line = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
    return line + ": " + e.getOriginalMessage().lines().findFirst().orElse("");
  }

  /** Returns what people most often have done when the parser says this. */
  private static String hint(String said) {
    if (said.contains("\\t")) {
      return ", indent with blanks, not with tabs";
    }
    if (said.contains("mapping values are not allowed")) {
      return ", indent this line as the one before it, or quote a value that has a colon";
    }
    return said.contains("block end") || said.contains("block mapping")
        ? ", indent this line as the others of its mapping"
        : "";
  }

  /** Reads text that is known to be sound. */
  public static JsonNode parse(String text) {
    try {
      return read(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A document as maps, lists and scalars.
   *
   * @throws UncheckedIOException when it is no mapping
   */
  @SuppressWarnings("unchecked") // what the library makes of any mapping
  public static Map<String, Object> readMap(String text) {
    try {
      refuseWhatIsNotRead(text, false);
      JsonNode tree = MAPPER.readTree(text);
      if (!tree.isObject()) {
        throw new JsonParseException(null, "no mapping");
      }
      return (Map<String, Object>) MAPPER.treeToValue(tree, Map.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A JSON object as maps, lists and scalars.
   *
   * @throws UncheckedIOException when it is none
   */
  @SuppressWarnings("unchecked") // what the library makes of any object
  public static Map<String, Object> readJson(String text) {
    try {
      Map<String, Object> map = (Map<String, Object>) JSON.readValue(text, Map.class);
      if (map == null) {
        throw new JsonParseException(null, "null");
      }
      return map;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the text of a resource that stands beside a class. */
  public static String resource(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            name + ": missing (expected: beside " + beside.getName() + ")");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** YAML text of maps, lists and scalars. */
  public static String write(Object tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Indented JSON text of maps, lists and scalars. */
  public static String writeJson(Object tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** JSON text on one line. */
  public static String writeJsonLine(Object tree) {
    try {
      return JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a YAML document as indented JSON text. */
  public static String toJson(String yaml) {
    return writeJson(parse(yaml));
  }
}
