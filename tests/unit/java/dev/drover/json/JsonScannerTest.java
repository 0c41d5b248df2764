package dev.drover.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  private static void scan(String json) {
    JsonScanner scanner = new JsonScanner(Bytes.utf8(json), Limits.DEFAULT);
    scanner.skip();
    scanner.end();
  }

  @Test
  void walk_readsFieldsInOrder() {
    JsonScanner in =
        new JsonScanner(
            Bytes.utf8(" { \"a\" : 12 , \"b\":[true,null],\"c\\u0064\":\"x\\n\" } "),
            Limits.DEFAULT);
    in.beginObject();
    assertThat(in.nextField()).isTrue();
    assertThat(in.keyIs("a")).isTrue();
    assertThat(in.integer()).isEqualTo(12);
    assertThat(in.nextField()).isTrue();
    in.skip();
    assertThat(in.nextField()).isTrue();
    assertThat(in.keyIs("cd")).isTrue();
    assertThat(in.string()).isEqualTo("x\n");
    assertThat(in.nextField()).isFalse();
    in.end();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "}",
        "{]",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "01",
        "1.",
        "1e",
        "-",
        "+1",
        ".5",
        "tru",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"a\nb\"",
        "[1 2]",
        "{} {}",
        "[,1]",
        "{,}",
        "NaN",
        "'a'",
        "/*c*/1"
      })
  void malformed_isRefused(String json) {
    assertThatThrownBy(() -> scan(json))
        .isInstanceOf(MalformedJson.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0.5e+10",
        "[]",
        "{}",
        "[[],{}]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        " [1 , 2]\n"
      })
  void wellFormed_isTaken(String json) {
    scan(json);
  }

  @Test
  void nestingBeyondTheLimit_isRefused() {
    assertThatThrownBy(() -> scan("[".repeat(10_000) + "]".repeat(10_000)))
        .isInstanceOf(MalformedJson.class)
        .hasMessageContaining("nesting");
    scan("[".repeat(200) + "]".repeat(200));
  }

  @Test
  void randomBytes_neverEscapeButAsMalformedJson() {
    Cases.each(
        random -> {
          byte[] bytes = new byte[random.nextInt(40)];
          random.nextBytes(bytes);
          try {
            JsonScanner scanner = new JsonScanner(Bytes.of(bytes), Limits.DEFAULT);
            scanner.skip();
            scanner.end();
          } catch (MalformedJson expected) {
            assertThat(expected).hasMessageContaining("expected");
          }
        });
  }

  @Test
  void strings_areTakenOrRefusedAsByATreeParser() {
    String[] parts = {
      "plain ", "a", "é", "漢", "😀", "\u007f", "\\n", "\\\"", "\\\\", "\\u00e9", "\\uD83D\\ude00"
    };
    String[] wrong = {"\"", "\\", "\\x", "\\u12g4", "\\u", "\n", "\u001f", "\u0000"};
    Cases.each(
        random -> {
          StringBuilder inside = new StringBuilder();
          for (int i = random.nextInt(24); i > 0; i--) {
            inside.append(parts[random.nextInt(parts.length)].repeat(1 + random.nextInt(3)));
          }
          if (random.nextBoolean()) {
            inside.insert(random.nextInt(inside.length() + 1), wrong[random.nextInt(wrong.length)]);
          }
          String json =
              "[".repeat(random.nextInt(40))
                  + "\""
                  + inside
                  + "\""
                  + " ".repeat(random.nextInt(40));
          JsonScanner scanner = new JsonScanner(amidOthers(json, random), Limits.DEFAULT);
          assertThat(string(scanner, json.indexOf('"'))).isEqualTo(stringByJackson(json));
        });
  }

  /** A slice of an array that has other texts' ends before and behind it. */
  private static Bytes amidOthers(String json, RandomGenerator random) {
    String before = "\\\"\n".repeat(random.nextInt(14));
    String behind = "\"\\u".repeat(random.nextInt(14));
    Bytes all = Bytes.utf8(before + json + behind);
    return all.slice(before.length(), all.length() - behind.length());
  }

  private static Object string(JsonScanner scanner, int depth) {
    try {
      for (int i = 0; i < depth; i++) {
        scanner.beginArray();
        scanner.nextElement();
      }
      return scanner.string() + " until " + scanner.consumed();
    } catch (MalformedJson e) {
      return "refused";
    }
  }

  private static Object stringByJackson(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    try (JsonParser parser = JACKSON.createParser(bytes)) {
      JsonToken token = parser.nextToken();
      while (token == JsonToken.START_ARRAY) {
        token = parser.nextToken();
      }
      String text = parser.getText();
      return text + " until " + parser.currentLocation().getByteOffset();
    } catch (IOException e) {
      return "refused";
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"a'|2|the end of a string",
        "'\"a\\x\"'|3|a valid escape",
        "'\"a\\'|3|a valid escape",
        "'\"\\u12g4\"'|2|four hex digits after \\u",
        "'\"a\tb\"'|2|no control character within a string",
        "'\"a long text goes on for more than one block of it \\x\"'|52|a valid escape"
      })
  void malformedString_isRefusedWhereItIs(String json, int offset, String expected) {
    assertThatThrownBy(() -> scan(json))
        .hasMessageContaining("byte " + offset)
        .hasMessageContaining(expected);
  }

  @Test
  void validDocuments_areReadAsATreeParserReadsThem() {
    Cases.each(
        random -> {
          Object tree = value(random, 4);
          String json = json(tree);
          JsonScanner scanner = new JsonScanner(Bytes.utf8(json), Limits.DEFAULT);
          assertThat(read(scanner)).isEqualTo(tree);
          scanner.end();
        });
  }

  private static String json(Object tree) {
    try {
      return JACKSON.writeValueAsString(tree);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Object value(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth > 0 ? 5 : 3)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextBoolean();
      case 2 -> Cases.text(random, 12);
      case 3 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(Cases.text(random, 6), value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static Object read(JsonScanner in) {
    return switch (in.peek()) {
      case NUMBER -> in.integer();
      case BOOLEAN -> in.bool();
      case STRING -> in.string();
      case NULL -> throw new AssertionError("no null was written");
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
          list.add(read(in));
        }
        yield list;
      }
      case OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        in.beginObject();
        while (in.nextField()) {
          String key = in.key();
          map.put(key, read(in));
        }
        yield map;
      }
    };
  }
}
